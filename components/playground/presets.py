"""Settings and prompts to start from, one for each use that the comparison speaks of."""

from dataclasses import dataclass

from components.playground.controls import Controls


@dataclass(frozen=True)
class Preset:
    """A use to start from: its settings and a prompt that can be sent as it stands.

    `key` names it in addresses and in the history, `icon` is a name of Streamlit's Material icons.
    """

    key: str
    title: str
    icon: str
    about: str
    controls: Controls
    prompt: str


_INCIDENT = """\
Read the report below and answer four questions.

1. What was the first cause, and which sentence shows it?
2. Which statements contradict each other? Quote both sides.
3. How long were customers affected? Show the arithmetic.
4. What would you need to know before closing the case?

Where the report does not say, answer "not stated" instead of guessing.

Report
On Tuesday at 09:10 a new version of the order service went live. At 09:14 the error rate rose from 0.2% to 6%. The
team on call was paged at 09:31, because the alert waits for three bad readings five minutes apart. The new version had
halved the number of database connections, which nobody had listed among the changes. At 09:52 the old version was
restored, and at 10:05 the error rate was back at 0.2%. The summary sent to customers speaks of "about half an hour of
slower orders". The minutes of the same afternoon say that 1,840 of 41,000 orders failed and that none was lost, while
the support team counts 312 customers whose orders had to be entered again by hand.
"""

_TICKETS = """\
Sort each ticket into one class: billing, login, delivery, defect or other. Answer with one line a ticket, as
"number: class", and nothing else.

1. I was charged twice for the order of 3 May.
2. The reset link says that it has expired, although I opened it at once.
3. The parcel shows as delivered, but nothing is here.
4. The lamp flickers since the second day.
5. Can you put our tax number on the invoice?
6. After the update I am asked for a code that never arrives.
7. Do you ship to Iceland?
8. The left hinge is bent, the right one is fine.
9. My refund was promised for Monday and it is Friday.
10. Which of your two shops in town is open on Sunday?
"""

_ORDER = """\
Take the order out of this message. Where something is not said, use null; change no number and no spelling.

Hello,
we need for our Rotterdam office 12 desk lamps "Arc 40" at 39.90 euros each, as in your offer Q-1183, and a pair of the
matching clamps, the price of which I no longer have. Please deliver by 14 March 2027 at the latest, in the morning if
you can, to Wijnhaven 61, second floor. The invoice goes to accounts@vandermeer.example as always.
Regards, Ines van der Meer
"""

_ORDER_SCHEMA = """\
{
  "type": "object",
  "properties": {
    "customer": {"type": "string"},
    "offer": {"type": ["string", "null"]},
    "deliver_by": {"type": ["string", "null"], "description": "YYYY-MM-DD"},
    "address": {"type": ["string", "null"]},
    "invoice_to": {"type": ["string", "null"]},
    "items": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "name": {"type": "string"},
          "quantity": {"type": "integer"},
          "unit_price": {"type": ["number", "null"]},
          "currency": {"type": ["string", "null"], "description": "ISO 4217, such as EUR"}
        },
        "required": ["name", "quantity", "unit_price", "currency"]
      }
    }
  },
  "required": ["customer", "offer", "deliver_by", "address", "invoice_to", "items"]
}
"""

_CODE = """\
Write a Python function `free_slots(busy, day_start, day_end, minutes)`.

- `busy` is a list of pairs of `datetime`, in any order; pairs may overlap, touch or reach outside the day.
- The result is the list of free pairs between `day_start` and `day_end` that last at least `minutes` minutes, in order.
- Use the standard library alone, with type hints and a docstring. Raise ValueError for a pair that ends before it
  begins.

Then write pytest tests: an empty list, overlapping pairs, pairs that touch, a pair that begins before the day and ends
within it, a day that is wholly busy, and a gap of exactly `minutes` minutes. Last, say in one sentence how the time
grows with the number of pairs.
"""

_NOTICE = """\
Translate the notice into German, French and Spanish, each under a heading of its own.

- Address the reader politely and keep the sentences short.
- "Northgate Pass" is a name and stays as it is. Times become 24-hour times, prices keep the euro.
- After each translation list the words for which you had to choose between two meanings, and say why you chose as you
  did.

Notice
Dear residents,
the lift in house 4 will be out of order from Monday, 8 am, until Wednesday, 6 pm, while the cable is replaced. Anyone
who cannot manage the stairs may use the lift of house 6: a Northgate Pass opens the door between the two houses. If you
have lost your pass, the caretaker will issue another for 15 euros. Parcels will be kept at the desk, and nobody needs
to be home to receive them. We are sorry for the trouble and thank you for bearing with us.
"""

_RIDDLE = """\
Five colleagues, Ada, Ben, Chloe, Dan and Eva, each give one talk on one of five days, Monday to Friday. Each talk is on
another subject: tides, glass, maps, bees, bridges.

- Ada speaks before Ben, and exactly one day lies between them.
- The talk on maps is on Wednesday.
- Chloe speaks on the day after the talk on bees.
- Dan speaks on glass, and not on Friday.
- Eva does not speak on Monday, and her talk is not on maps.
- The talk on bridges is later in the week than the talk on tides, and Ben gives neither of the two.

Find every arrangement of people, days and subjects that fits. Say how many there are, list each as a table, and show
for one of them that all six conditions hold. If there is none, show why.
"""

PRESETS = (
    Preset(
        "precise_analysis",
        "Precise analysis",
        ":material/query_stats:",
        "A long text read closely: a temperature of 0.1 and 4,096 output tokens, the article's settings for Pro.",
        Controls(
            system_instruction="You check reports. Quote what you rely on; keep what is said apart from what follows.",
            temperature=0.1,
            max_output_tokens=4096,
        ),
        _INCIDENT,
    ),
    Preset(
        "high_throughput",
        "High throughput",
        ":material/bolt:",
        "Many short answers, fast: a temperature of 0.7 and 1,024 output tokens, the article's settings for Flash.",
        Controls(temperature=0.7, max_output_tokens=1024),
        _TICKETS,
    ),
    Preset(
        "extraction",
        "Extraction to JSON",
        ":material/data_object:",
        "A message becomes data: JSON mode with a schema that the answer is checked against.",
        Controls(temperature=0.0, max_output_tokens=2048, json_mode=True, json_schema=_ORDER_SCHEMA),
        _ORDER,
    ),
    Preset(
        "code",
        "Code",
        ":material/code:",
        "A function with its tests, from a description that leaves the usual traps in.",
        Controls(
            system_instruction="You are a careful Python programmer. Give complete code that runs as it stands.",
            temperature=0.2,
            max_output_tokens=8192,
        ),
        _CODE,
    ),
    Preset(
        "translation",
        "Translation",
        ":material/translate:",
        "One notice in three languages, with the choices that the translator had to make.",
        Controls(temperature=0.3, max_output_tokens=4096),
        _NOTICE,
    ),
    Preset(
        "reasoning",
        "Long reasoning",
        ":material/psychology:",
        "A puzzle of many steps: thinking on at a high level, or by a budget of the model's own, thoughts shown.",
        Controls(thinking_level="high", thinking_budget=-1, include_thoughts=True),
        _RIDDLE,
    ),
)


def find(key: str) -> Preset | None:
    """The preset with this key, or None."""
    return next((preset for preset in PRESETS if preset.key == key), None)
