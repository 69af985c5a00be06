"""What pages for those who hold keys share, and the pages of the keys themselves."""
