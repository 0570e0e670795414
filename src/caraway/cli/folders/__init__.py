"""What commands have in common that give folders to others."""
