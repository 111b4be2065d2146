"""The reason of a question as blocks, for both versions of the wizard."""

from __future__ import annotations

from agentcore_connect.wizard.screen import Block, Help


def reason(shown: Help) -> list[Block]:
    """Return why the question is asked, the effect of each choice, and the sources."""
    blocks = [Block("text"), Block("title", "Why it is asked"), Block("text", shown.why, "  ")]
    if shown.about:
        blocks.append(Block("text", shown.about, "  "))
    if shown.leads:
        blocks += [Block("text"), Block("title", "What each choice leads to")]
        for label, leads in shown.leads:
            blocks += [Block("item", label, "- "), Block("faint", leads, "    ")]
    if shown.sources:
        blocks += [Block("text"), Block("title", "Where this is known from")]
        for title, url in shown.sources:
            blocks.append(Block("item", title, "- "))
            if url:
                blocks.append(Block("command", url, "    "))
    return blocks
