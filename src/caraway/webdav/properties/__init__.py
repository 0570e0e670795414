"""Properties of resources: what each is worth, how listings show them, which may be set.

Live properties follow from what a store says of a resource. All others are
dead: kept as the client wrote them, as the XML of the whole element.
"""
