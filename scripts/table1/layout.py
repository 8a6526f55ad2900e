"""The table as Markdown, CSV and terminal text."""
import csv
import io

HEAD = ["", "bits/character", "perplexity", "cloze %", "TTFT", "TPOT", "uJ/token", "mm2"]
COLUMNS = ["key", "title", "checkpoint", "hardware", "seeds", "bits_per_character_mean", "bits_per_character_std",
           "perplexity_mean", "perplexity_std", "cloze_accuracy_mean", "cloze_accuracy_std", "time_to_first_token_s",
           "time_per_output_token_s", "energy_per_token_j", "area_mm2"]


def plus_minus(values, digits, scale=1):
    mean = f"{values['mean'] * scale:.{digits}f}"
    return mean if len(values["values"]) < 2 else f"{mean} ± {values['std'] * scale:.{digits}f}"


def cells(row, accuracy, cost):
    """One row of the table as text; accuracy None: the checkpoint is missing."""
    if accuracy is None:
        return [row.title] + ["missing"] + [""] * 6
    cost_cells = ["-"] * 4
    if cost is not None:
        cost_cells = [f"{cost['time_to_first_token_s'] * 1e6:.4g}", f"{cost['time_per_output_token_s'] * 1e6:.4g}",
                      f"{cost['energy_per_token_j'] * 1e6:.4g}", f"{cost['area_mm2']:.4g}"]
    return [row.title, plus_minus(accuracy["bits_per_character"], 4), plus_minus(accuracy["perplexity"], 2),
            plus_minus(accuracy["cloze_accuracy"], 1, 100)] + cost_cells


def markdown(lines, head=None):
    head = head or HEAD
    text = "| " + " | ".join(head) + " |\n|---|" + "---:|" * (len(head) - 1) + "\n"
    return text + "".join("| " + " | ".join(line) + " |\n" for line in lines)


def terminal(lines):
    """As wide as its longest cells: 100 columns, since a row is one line with all that it is compared by."""
    widths = [max(len(line[i]) for line in [HEAD, *lines]) for i in range(len(HEAD))]
    def one(line):
        return "  ".join([line[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])])
    return "".join(one(line).rstrip() + "\n" for line in [HEAD, *lines])


def csv_text(rows):
    """rows: (row, accuracy, cost) as for cells; what is missing or not measured stays empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row, accuracy, cost in rows:
        numbers = [""] * 7
        if accuracy is not None:
            numbers = [accuracy["seeds"]] + [accuracy[name][part] for name in
                                             ("bits_per_character", "perplexity", "cloze_accuracy")
                                             for part in ("mean", "std")]
        costs = [""] * 4 if cost is None else [cost[name] for name in COLUMNS[-4:]]
        writer.writerow([row.key, row.title, row.checkpoint, row.hardware] + numbers + costs)
    return out.getvalue()
