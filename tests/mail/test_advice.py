"""What servers say, and what the office is told of it."""

from __future__ import annotations

import pytest

from tianbao.mail.advice import advise

#: Status, words, whether the recipient was asked about, code, whether the run stops.
SAID = """
450 | MI:DMC 163 smtp1,C8CowABX                                                        |     | FREQUENCY | stops
451 | MI:SFQ 163 smtp4                                                                 |     | FREQUENCY | stops
451 | RP:QRC 163 smtp4                                                                 |     | FREQUENCY | stops
421 | HL:IFC 163 smtp10                                                                |     | FREQUENCY | stops
421 | HL:ICC 126 smtp2                                                                 |     | FREQUENCY | stops
421 | HL:REP 163 smtp8                                                                 |     | FREQUENCY | stops
550 | MI:STC 163 smtp3                                                                 |     | QUOTA     | stops
550 | RP:TRC 163 smtp3                                                                 |     | QUOTA     | stops
554 | DT:SPM 163 smtp5,D8CowAD3 http://mail.163.com/help/help_spam_16.htm?ip=1.2.3.4   |     | SPAM      | stops
554 | DT:SUM 163 smtp5                                                                 |     | SENDER    | stops
550 | MI:SPF 163 mx2                                                                   |     | SENDER    | stops
554 | HL:IPB 163 smtp1                                                                 |     | BLOCKED   | stops
554 | HL:IHU 163 smtp1                                                                 |     | BLOCKED   | stops
554 | IP is rejected, smtp auth error limit exceed                                     |     | BLOCKED   | stops
451 | Requested mail action not taken: too much fail authentication                    |     | BLOCKED   | stops
552 | 发送过多长度类似信件                                                             |     | SIMILAR   | stops
550 | RP:FRL 163                                                                       |     | RELAY     |
550 | User not found: zhang@163.com                                                    | yes | RECIPIENT |
550 | Invalid User: zhang@163.com                                                      | yes | RECIPIENT |
550 | User suspended: zhang@163.com                                                    | yes | RECIPIENT |
552 | Illegal Attachment                                                               |     | SPAM      | stops
552 | Requested mail action aborted: exceeded mailsize limit                           |     | SIZE      |
553 | authentication is required,163 smtp2                                             |     | LOGIN     | stops
550 | Mail content denied. http://service.mail.qq.com/cgi-bin/help?id=20022            |     | SPAM      | stops
550 | Ip frequency limited. http://service.mail.qq.com/cgi-bin/help?id=20022           |     | FREQUENCY | stops
550 | Connection frequency limited. http://service.mail.qq.com/                        |     | FREQUENCY | stops
550 | Domain frequency limited                                                         |     | FREQUENCY | stops
550 | Sender frequency limited                                                         |     | FREQUENCY | stops
550 | The "From" header is missing or invalid. Please follow RFC5322, RFC2047 standard  |     | HEADER    | stops
550 | Mailbox not found. http://service.mail.qq.com/cgi-bin/help?id=20022              | yes | RECIPIENT |
501 | Mail from address must be same as authorization user.                            |     | SENDER    | stops
502 | Mail from must equal authorized user                                             |     | SENDER    | stops
535 | Login Fail. Please enter your authorization code to login.                       |     | LOGIN     | stops
550 | User has no permission                                                           |     | LOGIN     | stops
530 | 5.7.0 Must issue a STARTTLS command first                                        |     | LOGIN     | stops
553 | Mail from must equal authorized user                                             |     | SENDER    | stops
550 | 5.1.1 <zhang@wutai.example>: Recipient address rejected: User unknown in table   | yes | RECIPIENT |
450 | 4.2.0 <zhang@wutai.example>: Recipient address rejected: Greylisted              | yes | LATER     |
452 | 4.2.2 The email account that you tried to reach is over quota                    | yes | FULL      |
552 | 5.2.2 mailbox size limit exceeded                                                | yes | FULL      |
552 | 5.3.4 message size exceeds fixed limit                                           |     | SIZE      |
554 | 5.7.1 Service unavailable; Client host [1.2.3.4] blocked using RBL               | yes | BLOCKED   | stops
554 | 5.7.1 <zhang@wutai.example>: Relay access denied                                 | yes | RELAY     |
550 | 用户不存在                                                                       | yes | RECIPIENT |
552 | 信箱空间已满                                                                     | yes | FULL      |
451 | 发信过于频繁，请稍后再试                                                         |     | FREQUENCY | stops
550 | 今日发信数量已达上限，超过限制                                                   |     | QUOTA     | stops
550 | Daily user sending quota exceeded                                                |     | QUOTA     | stops
550 | 该帐号已被锁定                                                                   |     | BLOCKED   | stops
550 | 该帐号已被锁定                                                                   | yes | RECIPIENT |
554 | 邮件内容包含违规信息                                                             |     | SPAM      | stops
421 | Service not available, closing transmission channel                              |     | DOWN      | stops
421 | too busy, try again later                                                        |     | DOWN      | stops
450 | Requested action not taken                                                       |     | LATER     |
451 | Requested action aborted: local error in processing                              |     | LATER     |
452 | Insufficient system storage                                                      |     | FULL      |
552 | Requested action aborted                                                         |     | SIZE      |
553 | Requested action not taken                                                       |     | RECIPIENT |
554 | Transaction failed                                                               |     | REFUSED   |
550 |                                                                                  |     | REFUSED   |
554 | HL:IFQ 163ns                                                                     |     | FREQUENCY | stops
552 | too many same size mails.                                                        |     | SIMILAR   | stops
550 | sending quota exceeded                                                           |     | QUOTA     | stops
550 | black ip.                                                                        | yes | BLOCKED   | stops
550 | user is locked.                                                                  | yes | RECIPIENT |
550 | unavailable mail user                                                            | yes | RECIPIENT |
550 | user not known                                                                   | yes | RECIPIENT |
550 | local server don't exists that user                                              | yes | RECIPIENT |
550 | This account has been temporarily suspended                                      | yes | RECIPIENT |
550 | recipient does not have an account                                               | yes | RECIPIENT |
550 | Bad address syntax                                                               | yes | RECIPIENT |
"""

ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in SAID.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1][:30]} {row[2]}".strip())
def test_words_of_a_server_are_advised_upon(row: tuple[str, ...]) -> None:
    status, text, about_recipient, code, stops = (*row, "")[:5]

    found = advise(int(status), text, about_recipient=bool(about_recipient))

    assert (found.code, found.stops) == (f"U-SMTP-{code}", stops == "stops")
