"""A person goes through what a machine has read, the most doubtful first, and what is decided is kept in the file beside the article.

article, its file --open_review--> Review --next--> Statement --accept, reject, correct--> Review --keep--> the file
"""
