"""Registers that a person answers for: each errand to one waits in its department's queue, with a clock (docs/decisions/0073).

`opening` puts a question into the queue, in the transaction of the errand itself, and takes it out when the errand is over;
`actions` is what people do with it; the answer goes the way of every remote store's (`exchange.delivery.errands.completing`).
"""
