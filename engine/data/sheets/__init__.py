"""Workbooks as their bytes have them, whoever wrote them: XLSX, transitional or strict, and XLS."""
