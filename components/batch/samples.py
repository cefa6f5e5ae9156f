"""Ten questions with their answers, to try a batch with before there is a file of one's own."""

from components.batch.records import Json

NAME = "ten-questions.csv"
TEMPLATE = "{question}\nAnswer with the number alone."
CHECKS: tuple[Json, ...] = ({"kind": "number", "label": "right number", "value": "{answer}"},)

_QUESTIONS = (
    ("A tram leaves every 12 minutes from 06:00 on. How many trams leave before 08:00?", 10),
    ("Three jars hold 250 g each and a fourth holds 400 g. How many grams are that together?", 1150),
    ("A shelf is 96 cm wide. How many books of 4 cm fit on it when 8 cm stay free?", 22),
    ("A shirt of 60 euros is reduced by 15%. How many euros does it cost now?", 51),
    ("The week has 7 days. How many days are 13 weeks and 4 days?", 95),
    ("Of 48 plants a third did not grow, and 5 more were eaten by snails. How many are left?", 27),
    ("A pool loses 35 litres an hour and gets 50. How many litres more are in it after 6 hours?", 90),
    ("Two dice show 4 and 5. By how much is their product larger than their sum?", 11),
    ("Nine people shake hands, each with each other once. How many handshakes are that?", 36),
    ("A film of 2 hours and 25 minutes begins at 19:50. At how many minutes past 22:00 does it end?", 15),
)


def sample() -> bytes:
    """The questions as CSV in UTF-8, with the columns question and answer."""
    lines = [f'"{question}",{answer}' for question, answer in _QUESTIONS]
    return ("question,answer\n" + "\n".join(lines) + "\n").encode()
