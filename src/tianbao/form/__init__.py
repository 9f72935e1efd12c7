"""What is asked: a form definition becomes a Form.

    form.toml ──load──▶ raw lines (schema) ──build──▶ Form (model) ──verify──▶ faults, all at once

In:   the name of a bundled form, or the path of a definition.
Out:  a frozen Form: tables, texts, cover, checks, each formula and rule bound to cell keys.
Knows nothing of sheets, files that come back, or numbers.
"""
