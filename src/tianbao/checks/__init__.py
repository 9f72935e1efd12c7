"""What must hold, and what does not: records → findings.

    submissions ──case──▶ answers as the rules see them ──judge──▶ verdicts ──run──▶ findings ──fold──▶ causes first

                                                                           findings ──locate──▶ the cell that is wrong
                                      findings, explanations, decisions ──settled──▶ what is still open
                                              two versions of a unit ──rounds──▶ what was mended, what is new

In:   submissions, and last year's where there are some.
Out:  findings: which check does not hold, where, both sides and the difference, a sentence, what it follows from,
      which cells are probably wrong, and what is settled by the unit's words or by the office.
Knows nothing of files and workbooks; the sheet judges by the same rules, and tests hold the two against each other.
"""
