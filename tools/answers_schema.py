"""Writes knowledge/schemas/answers.schema.json from the questions: `python tools/answers_schema.py`."""

import json

from agentcore_connect.answers.schema import answers_schema
from agentcore_connect.knowledge.resources import knowledge_dir

if __name__ == "__main__":
    target = knowledge_dir() / "schemas" / "answers.schema.json"
    target.write_text(json.dumps(answers_schema(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
