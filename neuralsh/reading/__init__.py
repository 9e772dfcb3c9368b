"""Reading frames back to text: exactly, cell by cell (`cells`), and with Tesseract, as the paper does (`tesseract`)."""
