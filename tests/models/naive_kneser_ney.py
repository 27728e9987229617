"""Interpolated modified Kneser-Ney as its equations say, with dictionaries, for comparison.

Chen & Goodman 1999. Texts are tuples of tokens; None is the symbol before a text's start.
"""

from collections import Counter


def count_tables(texts, order):
    """For each length from 1 to order: how often, or after how many symbols, an n-gram stands."""
    highest = Counter()
    for text in texts:
        padded = (None,) * (order - 1) + tuple(text)
        for end in range(order, len(padded) + 1):
            highest[padded[end - order : end]] += 1
    tables = [highest]
    for _ in range(order - 1):
        tables.insert(0, Counter(ngram[1:] for ngram in tables[0]))
    return tables


def discount(table, count):
    """What is taken from a count."""
    n1, n2, n3, n4 = (max(sum(c == i for c in table.values()), 1) for i in (1, 2, 3, 4))
    y = n1 / (n1 + 2 * n2)
    i = min(count, 3)
    amount = (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)[i - 1]
    return min(max(amount, 0.05), i - 0.05)


def naive_probability(texts, order, vocabulary_size, context, token):
    """p(token | the last `order - 1` symbols of the context)."""
    probability = 1 / vocabulary_size
    for length, table in enumerate(count_tables(texts, order), start=1):
        before = tuple(context)[len(context) - length + 1 :]
        followers = {ngram[-1]: count for ngram, count in table.items() if ngram[:-1] == before}
        total = sum(followers.values())
        if not total:
            break
        kept = followers.get(token, 0) and followers[token] - discount(table, followers[token])
        left = sum(discount(table, count) for count in followers.values()) / total
        probability = kept / total + left * probability
    return probability
