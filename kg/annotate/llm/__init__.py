"""An annotator that asks a language model, and believes of its answer what stands in the text.

    Article --passages--> Passage --messages--> Asker.ask --answer--> JSON --read_answer--> Told --read_told--> Annotation

The model names words; ids, actors, actions, dates and modes are worked out from these as for the rules. Each passage is asked
apart and blind to the rest of the article, so what an article tells the model reaches the passage that tells it and no other.
"""
