"""Pages of the offshore venue: the payments stream, one payment's life, accounts, the white list, the matrix, an instruction."""

from huangpu.console.offshore import (
    accounts,
    bank,
    desks,
    fx,
    instruct,
    matrix,
    payment,
    stream,
    treasurer,
    upload,
)

HANDLERS = (
    stream.show,
    instruct.instruct,
    payment.show_payment,
    payment.download_message,
    accounts.show_accounts,
    accounts.show_account,
    accounts.show_statement,
    treasurer.show,
    upload.upload,
    bank.show,
    fx.act_on_quote,
    matrix.show_matrix,
    *desks.HANDLERS,
)
"""All handlers of the venue's pages; a new module adds its own here."""
