"""Recovery and its interval, from bits per character of the same noise seeds."""
import math
import statistics

# Student's t, 97.5 %, for 1 to 30 degrees of freedom.
T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
     2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042]


def recovery(clean, noisy, adapted):
    """1 - (adapted - clean) / (noisy - clean): (value, half of its 95 % interval or None).

    clean: bits per character of the original W16; noisy, adapted: lists over the same seeds. The interval is that of a
    ratio of paired means (Cochran, Sampling Techniques, 6.4), as for differences weighted by characters.
    """
    losses, left = [n - clean for n in noisy], [a - clean for a in adapted]
    loss = statistics.fmean(losses)
    if loss == 0:
        return None, None
    ratio = statistics.fmean(left) / loss
    count = len(losses)
    if count < 2 or len(left) != count:
        return 1 - ratio, None
    residuals = [l - ratio * n for l, n in zip(left, losses)]
    error = math.sqrt(sum(r * r for r in residuals) / (count - 1) / count) / abs(loss)
    return 1 - ratio, (T[count - 2] if count - 2 < len(T) else 1.96) * error
