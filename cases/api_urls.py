"""The addresses of concerns, receipts and cases under /api/v1/."""

from django.urls import path

from cases import api

urlpatterns = [
    path("categories/", api.Categories.as_view(), name="categories"),
    path("concerns/", api.Concerns.as_view(), name="concerns"),
    path("receipts/", api.Receipts.as_view(), name="receipts"),
    path("receipts/messages/", api.ReceiptMessages.as_view(), name="receipt-messages"),
    path("cases/", api.Cases.as_view(), name="cases"),
    path("cases/<slug:ref>/", api.CaseDetail.as_view(), name="case"),
]
