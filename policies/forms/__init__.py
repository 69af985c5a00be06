"""What is entered about policies, who reads them, and the catalogue of indicators."""
