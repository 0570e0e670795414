"""Made by 'caraway proto build'; do not edit."""
