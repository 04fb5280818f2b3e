"""The whole graph as a folder of pages.

Store --read_facts--> Facts --site_pages--> Page, a file each --write_site--> the folder
"""
