"""What reaches the browser of an answer: the settled part, and nothing that loads or triggers anything."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from components.playground.answer_text import inert, split_settled

PIECES = [*"ab `~\n$![](:).#", "```", "\n\n", "~~~~", "![a](b)"]
LINK_PIECES = [
    *'ab `|\n[]()<>!\\$"',
    "``",
    "\n\n",
    "[a](https://b.c/d)",
    "](https://e.f)",
    "[r]",
    "\n[r]: https://g.h\n",
]
LINK_PIECES += [
    "javascript:x",
    "<javascript:x>",
    "<https://i.j>",
    '<a title="',
    "- ",
    "> ",
    "|-|-|\n",
    "&#91;",
    "$$",
    "^",
]
MARKDOWN = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@given(MARKDOWN)
def test_the_two_parts_are_the_text_again(text: str) -> None:
    assert "".join(split_settled(text)) == text


@given(MARKDOWN, MARKDOWN)
def test_what_is_settled_stays_settled_as_the_text_grows(text: str, more: str) -> None:
    assert split_settled(text + more)[0].startswith(split_settled(text)[0])


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("", ""),
        ("one line", ""),
        ("one\n\ntwo", "one\n\n"),
        ("one\n \t\ntwo\n\nthree", "one\n \t\ntwo\n\n"),
        ("```py\na\n\nb", ""),
        ("text\n\n```py\na\n\nb", "text\n\n"),
        ("```py\na\n\nb\n```\n\nafter", "```py\na\n\nb\n```\n\n"),
        ("~~~\n```\n\nstill code", ""),
        ("````\n```\n\nstill code", ""),
        ("```\n```x\n\nstill code", ""),
        ("``` a`b\n\nno code", "``` a`b\n\n"),
    ],
)
def test_the_split_is_at_the_last_blank_line_outside_code(text: str, settled: str) -> None:
    assert split_settled(text)[0] == settled


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("costs $5 or $6", "costs \\$5 or \\$6"),
        ("$$x^2$$", "$$x^2$$"),
        (":red[alarm] :smile: :material/home:", "\\:\u2060red[alarm] \\:\u2060smile: \\:\u2060material/home:"),
        ("at 12:30 and a: b", "at 12:30 and a: b"),
        ("`$5 a:b` and $6", "`$5 a:b` and \\$6"),
        ("```\n![a](b) $5\n```\n$6", "```\n![a](b) $5\n```\n\\$6"),
    ],
)
def test_prose_is_inert_and_code_is_left_alone(text: str, shown: str) -> None:
    assert inert(text) == shown


@given(MARKDOWN)
def test_no_picture_is_left_by_the_rules_of_commonmark(text: str) -> None:
    assert "<img" not in MarkdownIt("commonmark").render(inert(text))


@given(MARKDOWN)
def test_code_blocks_are_not_touched(text: str) -> None:
    def code(shown: str) -> list[str]:
        return [each.content for each in MarkdownIt("commonmark").parse(shown) if each.type == "fence"]

    assert code(inert(text)) == code(text)


@pytest.mark.parametrize(
    "text",
    [
        "<!--\n```\n-->\n![x](u)",
        "\\`![x](u)\\`",
        "`a\nb` ![x](u) `c",
        "text ```![x](u)\n\nmore",
        "![x][r]\n\n[r]: u",
        "a\rb\n```\n![x](u)",
        "- ```\n![x](u)",
        "\u2028```\n![x](u)",
    ],
)
def test_code_that_is_none_hides_no_picture(text: str) -> None:
    assert "<img" not in MarkdownIt("commonmark").render(inert(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[text](https://host.org/path?x=1)", "[text](https://host.org/path?x=1) (host.org/path…)"),
        ("[text](https://host.org/)", "[text](https://host.org/) (host.org)"),
        ('[a](<https://b.org/c> "title"),', "[a](https://b.org/c) (b.org/c),"),
        ("**[a](http://b.org:8080/_c_)**", "**[a](http://b.org:8080/_c_) (b.org:8080/\\_c\\_)**"),
        (
            "[`a`](https://b.org) and [[1]](https://c.org)",
            "[`a`](https://b.org) (b.org) and [[1]](https://c.org) (c.org)",
        ),
        ("[a](https://b.org/c_(d))", "[a](https://b.org/c_\\(d\\)) (b.org/c\\_\\(d\\))"),
        ("[a](https://b.org/c?d=1&copy=2)", "[a](https://b.org/c?d=1&amp;copy=2) (b.org/c…)"),
        ("[write](mailto:me@b.org)", "[write](mailto:me@b.org) (me@b.org)"),
        ("[a](https://www.b.org)", "[a](https://www.b.org) (www\u2060.b.org)"),
        ("[](https://b.org)", "[link](https://b.org) (b.org)"),
    ],
)
def test_a_link_shows_its_target(text: str, shown: str) -> None:
    assert inert(text) == shown


def test_a_long_path_is_cut_and_a_long_host_is_not() -> None:
    assert inert(f"[a](https://b.org/{'c' * 100})").endswith(f" (b.org/{'c' * 54}…)")
    host = ".".join(["d" * 50] * 3)
    assert inert(f"[a](https://{host}/e)").endswith(f" ({host}…)")


@pytest.mark.parametrize(
    "text",
    [
        "[https://b.org/c](https://b.org/c)",
        "[b.org/c](https://b.org/c/)",
        "<https://b.org/c>",
        "https://b.org/c",
        "<me@b.org>",
        "[me@b.org](mailto:me@b.org)",
    ],
)
def test_an_address_that_is_its_own_text_is_not_repeated(text: str) -> None:
    assert inert(text) == text


def test_another_address_as_the_text_does_not_hide_the_target() -> None:
    shown = "[https://good.org](https://evil.org) (evil.org)"
    assert inert("[https://good.org](https://evil.org)") == shown


def test_a_reference_link_shows_its_target_and_its_definition() -> None:
    text = "See [the docs][1], [1] and [none].\n\n[1]: https://b.org/c 'T'\n[2]: <https://d.org>"
    html = MarkdownIt("commonmark").render(inert(text)).replace("\u2060", "")
    assert (
        '<a href="https://b.org/c">the docs</a> (b.org/c), <a href="https://b.org/c">1</a> (b.org/c) and [none]' in html
    )
    assert "[1]: https://b.org/c 'T'<br />" in html
    assert '[2]: <a href="https://d.org">' in html


def test_footnotes_stay_readable_a_line_each() -> None:
    text = "So it is.[^1][^2]\n\n[^1]: a *note*\n[^2]: https://b.org/c"
    html = MarkdownIt("commonmark").render(inert(text)).replace("\u2060", "")
    assert "<p>[^1]: a <em>note</em><br />\n[^2]: https://b.org/c</p>" in html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![spy](https://b.org/x.png)", "[picture: spy](https://b.org/x.png) (b.org/x.png)"),
        ("![](https://b.org/x?secret)", "[picture](https://b.org/x?secret) (b.org/x…)"),
        ("![b.org](https://b.org)", "[picture: b.org](https://b.org) (b.org)"),
        ("![x](data:image/png;base64,AA==)", "!\u2060[x]\u2060(data:image/png;base64,AA==)"),
    ],
)
def test_a_picture_is_a_link_that_says_so(text: str, shown: str) -> None:
    assert inert(text) == shown


def test_a_picture_by_reference_is_a_link_that_says_so() -> None:
    assert inert("![spy][1]\n\n[1]: https://b.org/x.png").startswith(
        "[picture: spy](https://b.org/x.png) (b.org/x.png)"
    )


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "javascript&#58;alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//evil.org",
        "/history",
        "https:evil.org",
        "https://good.org@evil.org",
        "https://good.org\\@evil.org",
    ],
)
def test_a_link_to_anything_else_is_text(target: str) -> None:
    assert "<a " not in MarkdownIt("commonmark").render(inert(f"[go]({target}) and [go][1]\n\n[1]: {target}"))


@pytest.mark.parametrize("target", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "tel:112"])
def test_an_address_of_any_other_scheme_is_text(target: str) -> None:
    assert "<a " not in MarkdownIt("commonmark").render(inert(f"<{target}>"))


@pytest.mark.parametrize(
    ("host", "looked_up"), [("müller.de", "xn--mller-kva.de"), ("\u0430pple.com", "xn--pple-43d.com")]
)
def test_a_letter_that_looks_like_another_is_shown_as_it_is_looked_up(host: str, looked_up: str) -> None:
    assert inert(f"[a](https://{host}/)") == f"[a](https://{looked_up}/) ({looked_up})"


@pytest.mark.parametrize("end", range(1, len("[text](https://b.org/c)")))
def test_an_unclosed_link_is_left_as_it_is(end: int) -> None:
    assert inert("so [text](https://b.org/c)"[: 3 + end]) == "so [text](https://b.org/c)"[: 3 + end]


@pytest.mark.parametrize(
    "code", ["`[a](https://b.org)`", "`![a](b)`", "``[a]: https://b.org ` ``", "```\n[a](https://b.org)\n```"]
)
def test_links_in_code_are_left_alone(code: str) -> None:
    assert inert(f"Write {code}" if "\n" not in code else code).endswith(code)


@pytest.mark.parametrize(
    "text",
    [
        "!![x](https://b.org/u)",
        "!!![x][r]\n\n[r]: https://b.org/u",
        "[r]: https://b.org\n    ![x](https://b.org/u)",
        "\t`\r![x](https://b.org/u)`",
        '<a title="`">![x](https://b.org/u)`',
        "| `a | ![x](https://b.org/u) | b` |\n|-|-|-|",
        "- `a\n- b` ![x](https://b.org/u) `c",
    ],
)
def test_no_picture_hides_behind_what_looks_like_something_else(text: str) -> None:
    assert "<img" not in MarkdownIt("commonmark").enable("table").render(inert(text))


@pytest.mark.parametrize(
    "block",
    [
        "$$\n{}\n$$\n",
        "$$$\n$$\n{}\n$$$\n",
        "- $$\n  {}\n  $$\n",
        ":::note\n{}\n:::\n",
        "$$\n\t$$\n{}\n$$\n",
        "- a\n\n  $$\n\nb\n\n$$\n{}\n$$\n",
        "<!--\n$$\n-->\n\n$$\n{}\n$$\n",
    ],
)
def test_a_code_block_inside_a_formula_hides_no_picture(block: str) -> None:
    shown = inert(f"{block.format('```')}![x](https://b.org/u)\n```")
    assert "![" not in shown
    assert "](" not in shown.replace(") (b.org/u)", "")[shown.find("https") :]


def test_code_after_a_closed_formula_is_left_alone() -> None:
    text = "$$\nx^2\n$$\n\n```rust\nvec![x](&y)\n```"
    assert inert(text) == text


def links(children: Sequence[Token]) -> Iterator[tuple[str, str, str]]:
    """Address, text and what follows of each link that is not its own text."""
    for start, child in enumerate(children):
        if child.type != "link_open":
            continue
        end = next(at for at, other in enumerate(children) if at > start and other.type == "link_close")
        inside, after = ("".join(each.content for each in part) for part in (children[start:end], children[end:]))
        yield str(child.attrs["href"]), inside.replace("\u2060", ""), after.replace("\u2060", "")


@given(st.lists(st.sampled_from(LINK_PIECES), max_size=40).map("".join))
def test_no_link_hides_its_target_by_the_rules_of_commonmark(text: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(inert(text))
    for address, inside, after in (link for token in tokens for link in links(token.children or [])):
        assert urlsplit(address).scheme in ("http", "https", "mailto")
        host = urlsplit(address).netloc
        assert after.startswith(f" ({host}") or inside.rstrip("/") in (address, address.split("//")[-1])


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "![",
        "[a](",
        "[[a]",
        "](",
        "[a",
        "`a``",
        "``a` ",
        "<a:",
        '[a](b "',
        "[^a",
        "[a [b] ",
        "[a]: b\n",
        "[a\nb]:",
        "> ",
    ],
)
def test_signs_that_never_close_cost_no_more_than_their_number(piece: str) -> None:
    # Steps that grow with the square of 100,000 would take minutes.
    assert len(inert("[a]: https://b.org\n\n" + piece * (100_000 // len(piece)))) >= 90_000


@pytest.mark.parametrize("text", ["[a]:{}x", "[a](b{}x", "[a]: https://b.org{}\n{}x", "[{}](x"])
def test_white_space_without_end_costs_no_more_than_its_length(text: str) -> None:
    assert len(inert(text.replace("{}", " " * 50_000))) >= 50_000


@pytest.mark.parametrize(
    "override", ["\u202e", "\u202d", "&#8238;", "&#x202E;", "&#x00202d;", "&#82\u202e38;", "&#82&#8238;38;"]
)
@pytest.mark.parametrize(
    "text", ["[a](https://moc.knab.org) {}", "{}**bank** x", "`code` {}", "a `b {} x", "$$\n```\n{}x\n```"]
)
def test_nothing_turns_the_letters_of_a_link_around(text: str, override: str) -> None:
    shown = MarkdownIt("commonmark").render(inert(text.format(override)))
    assert not {"\u202e", "\u202d"} & set(shown)


def test_an_override_in_code_is_gone_and_the_number_of_one_is_only_text() -> None:
    assert inert("```\nif \u202ex:\n```") == "```\nif x:\n```"
    assert inert("Write `&#8238;` so.") == "Write `&#8238;` so."


def test_marks_and_isolates_that_languages_need_stay() -> None:
    text = "\u2068\u05e9\u05dc\u05d5\u05dd\u2069 (\u200fGemini\u200e) \u202b\u0633\u0644\u0627\u0645\u202c"
    assert inert(text) == text
