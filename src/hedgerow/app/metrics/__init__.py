"""The metric catalogue: governed names, their definitions, and who agreed to them."""
