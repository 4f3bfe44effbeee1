"""Pages of the offshore venue: the payments stream, one payment's life, accounts, the white list, the matrix, an instruction."""

from huangpu.console.offshore import accounts, instruct, matrix, payment, stream, white_list

HANDLERS = (
    stream.show,
    instruct.instruct,
    payment.show_payment,
    payment.download_message,
    accounts.show_accounts,
    accounts.show_account,
    white_list.show_white_list,
    matrix.show_matrix,
)
"""All handlers of the venue's pages; a new module adds its own here."""
