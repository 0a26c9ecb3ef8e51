"""Fields of work, known by the terms that people of a field write: in a CV, a job, a question.

Invariant: a term belongs to one field, and is found only as whole words.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping

_TERMS = {
    "front-end work": """
        react redux vue angular svelte next.js nuxt javascript typescript css sass tailwind html
        html5 css3 webpack vite babel storybook figma cypress jest dom jsx tsx frontend
        front-end accessibility wcag aria responsive ui ux single-page browser browsers | front
        end | user interface | user interfaces | web components""",
    "back-end work": """
        backend back-end postgresql postgres mysql sqlite mongodb cassandra dynamodb redis
        memcached kafka rabbitmq grpc rest graphql microservice microservices spring django
        flask fastapi express.js node.js golang .net hibernate orm sql database databases
        transaction transactions sharding api apis endpoint endpoints | back end | load balancer
        | load balancers | message queue | message queues | web server""",
    "operations": """
        kubernetes docker terraform ansible helm jenkins ci/cd prometheus grafana sre devops aws
        azure gcp ec2 linux observability on-call incident incidents slo slos sla argo cluster
        clusters pod pods rollout canary autoscaling uptime infrastructure slurm containers
        container infiniband rdma network networking rack racks datacenter | data center | data
        centre""",
    "machine learning": """
        pytorch tensorflow keras jax scikit-learn xgboost neural gradient overfitting
        regularisation regularization classifier regression cnn cnns rnn transformer
        transformers embedding embeddings fine-tuning fine-tune lora training inference mlops
        diffusion hyperparameter hyperparameters optimiser optimizer loss | computer vision |
        deep learning | feature engineering | machine learning | model training | reinforcement
        learning""",
    "language models": """
        llm llms gpt rag langchain langgraph llamaindex prompt prompts prompting agentic agent
        agents retrieval chatbot chatbots tokenizer tokeniser nlp huggingface hallucination
        hallucinations vllm | hugging face | language model | language models | vector database
        | vector store""",
    "GPU programming": """
        cuda cudnn cublas cutlass triton tensorrt nccl nvlink gpu gpus hpc warp warps simd
        openmp mpi rocm opencl ptx quantization quantisation kernel kernels occupancy nsight
        roofline | shared memory | tensor core | tensor cores""",
    "data analysis": """
        pandas tableau looker excel spark hadoop airflow dbt snowflake bigquery databricks etl
        dashboards analytics statistics statistical hypothesis forecasting numpy matplotlib |
        a/b test | a/b testing | a/b tests | data warehouse | power bi""",
    "programme management": """
        tpm stakeholder stakeholders roadmap roadmaps scrum kanban jira okr okrs milestone
        milestones budget budgets raid cross-functional prioritisation prioritization sponsor
        sponsors | program management | program manager | programme management | programme
        manager | project management | project manager | risk register""",
    "mobile work": """
        android ios swift swiftui kotlin flutter xcode objective-c | app store | jetpack compose
        | play store | react native""",
    "algorithms": """
        algorithm algorithms leetcode recursion heap dijkstra complexity icpc | binary search |
        competitive programming | data structure | data structures | dynamic programming | hash
        map | hash table""",
}

# How near a question of one field is to a person of another; to its own it is 1, else 0.
_NEAR: Mapping[str, Mapping[str, float]] = {
    "front-end work": {"mobile work": 0.5, "algorithms": 0.5, "language models": 0.3},
    "back-end work": {"operations": 0.5, "algorithms": 0.5, "data analysis": 0.3},
    "operations": {"back-end work": 0.4, "GPU programming": 0.2},
    "machine learning": {"language models": 0.6, "data analysis": 0.5, "GPU programming": 0.4},
    "language models": {"machine learning": 0.6, "back-end work": 0.2, "GPU programming": 0.2},
    "GPU programming": {"machine learning": 0.4, "operations": 0.3, "algorithms": 0.3},
    "data analysis": {"machine learning": 0.5, "back-end work": 0.3},
    "mobile work": {"front-end work": 0.5, "algorithms": 0.5},
}
Shares = Mapping[str, float]  # of fields, summing to 1 or empty


def _read(terms: str) -> frozenset[str]:
    """Words, and after the first bar terms of two words, with bars between them."""
    words, *pairs = terms.split("|")
    return frozenset((*words.split(), *(" ".join(pair.split()) for pair in pairs)))


FIELDS: Mapping[str, frozenset[str]] = {field: _read(terms) for field, terms in _TERMS.items()}
_FIELD_OF = {term: field for field, terms in FIELDS.items() for term in terms}
_WORD = re.compile(r"[.]?\w(?:[\w.+#/-]*[\w+#])?")


def terms_in(text: str) -> Counter[tuple[str, str]]:
    """How often a text has the terms of each field: counts by field and term."""
    found: Counter[tuple[str, str]] = Counter()
    words = _WORD.findall(text.lower())
    for one, following in itertools.pairwise([*words, ""]):
        for term in (one, f"{one} {following}"):
            if term in _FIELD_OF:
                found[_FIELD_OF[term], term] += 1
    return found


def nearness(person: Shares, question: Shares) -> float:
    """How near what is asked is to what a person does, in [0, 1]."""
    return sum(
        share * part * (1.0 if own == other else _NEAR.get(own, {}).get(other, 0.0))
        for own, share in person.items()
        for other, part in question.items()
    )


def nearest(person: Shares, question: Shares) -> tuple[str, str]:
    """The person's field and the question's that bring the two nearest; two empty names where
    nothing does."""
    found = [
        (share * part * (1.0 if own == other else _NEAR.get(own, {}).get(other, 0.0)), own, other)
        for own, share in person.items()
        for other, part in question.items()
    ]
    value, own, other = max(found, default=(0.0, "", ""))
    return (own, other) if value > 0 else ("", "")


def fields_in(text: str) -> dict[str, float]:
    """The share of each field in the terms of a text, which sum to 1; a term that is repeated
    counts little more. Empty where the text has fewer than two of them."""
    sizes: Counter[str] = Counter()
    terms = terms_in(text)
    for (field, _), count in terms.items():
        sizes[field] += 1 + (count > 1)
    total = sum(sizes.values())
    return {field: size / total for field, size in sizes.items()} if len(terms) > 1 else {}
