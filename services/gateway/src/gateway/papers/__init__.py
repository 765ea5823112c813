"""Answers on paper: what a question was answered, as PDF or as a workbook."""
