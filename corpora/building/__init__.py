"""Make the shipped texts: one function for each text, which takes an archive and gives the text."""
