"""How each shipped text is made from its archive: one function a text, bytes in, text out."""
