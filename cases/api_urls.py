"""The addresses of concerns, receipts and cases under /api/v1/."""

from django.urls import include, path

from cases import api

# what a reporter uses; the process of the reporter's door serves these alone
receipts = [
    path("", api.Receipts.as_view(), name="receipts"),
    path("messages/", api.ReceiptMessages.as_view(), name="receipt-messages"),
    path("readers/", api.ReceiptReaders.as_view(), name="receipt-readers"),
    path("exclusions/", api.ReceiptExclusions.as_view(), name="receipt-exclusions"),
]
urlpatterns = [
    path("categories/", api.Categories.as_view(), name="categories"),
    path("concerns/", api.Concerns.as_view(), name="concerns"),
    path("concerns/readers/", api.ConcernReaders.as_view(), name="concern-readers"),
    path("receipts/", include(receipts)),
    path("cases/", api.Cases.as_view(), name="cases"),
    path("cases/<slug:ref>/", api.CaseDetail.as_view(), name="case"),
]
