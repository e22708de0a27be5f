"""The service-selection graph as it is stored: the `type_config` of the service selection step.

A draft may be stored with problems, so nothing here forbids an empty graph, ids that occur twice or
edges into nowhere; `find_problems` names them.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from app.domain.content import IconKey
from app.domain.values import Description, EntityId, Name, Title, Value

MAX_STORED_NODES = 5_000
MAX_STORED_EDGES = 10_000
"""What is checked may be larger; what is stored is also shown, which costs far more per node."""

GraphElementId = Annotated[str, StringConstraints(min_length=1, max_length=100)]
"""The id of a node or an edge, chosen by the editor and unique within its graph only."""


class NodeType(StrEnum):
    """What a node of the graph stands for."""

    QUESTION_REFERENCE = "question_reference"
    ANSWER_REFERENCE = "answer_reference"
    SERVICE_REFERENCE = "service_reference"


LEGAL_TARGETS: Mapping[NodeType, frozenset[NodeType]] = MappingProxyType(
    {
        NodeType.QUESTION_REFERENCE: frozenset(
            {NodeType.ANSWER_REFERENCE, NodeType.SERVICE_REFERENCE}
        ),
        NodeType.ANSWER_REFERENCE: frozenset(
            {NodeType.QUESTION_REFERENCE, NodeType.SERVICE_REFERENCE}
        ),
        NodeType.SERVICE_REFERENCE: frozenset({NodeType.QUESTION_REFERENCE}),
    }
)
"""The types of node an edge may lead to, by the type of node it leaves."""


class AnswerContent(Value):
    """What the customer reads on an answer."""

    text: Title
    description: Description | None = None


class AnswerDisplay(Value):
    """How the widget draws an answer: a Lucide icon key and a style of the widget's own."""

    icon: IconKey | None = None
    style: Name | None = None


class QuestionReferenceNode(Value):
    """A place where the customer is asked a stored question; its children are the options."""

    id: GraphElementId
    type: Literal[NodeType.QUESTION_REFERENCE] = NodeType.QUESTION_REFERENCE
    question_id: EntityId


class AnswerReferenceNode(Value):
    """An answer a question offers; its text belongs to the graph, its category is stored apart."""

    id: GraphElementId
    type: Literal[NodeType.ANSWER_REFERENCE] = NodeType.ANSWER_REFERENCE
    answer_content: AnswerContent
    answer_display: AnswerDisplay | None = None
    answer_category_id: EntityId | None = None


class ServiceReferenceNode(Value):
    """A place where a stored service is selected, directly from a question or by an answer."""

    id: GraphElementId
    type: Literal[NodeType.SERVICE_REFERENCE] = NodeType.SERVICE_REFERENCE
    service_id: EntityId


ServiceSelectionNode: TypeAlias = Annotated[
    QuestionReferenceNode | AnswerReferenceNode | ServiceReferenceNode,
    Field(discriminator="type"),
]


class ServiceSelectionEdge(Value):
    """A directed edge between two nodes, named by their ids."""

    id: GraphElementId
    source_node_id: GraphElementId
    target_node_id: GraphElementId


class ServiceGraph(Value):
    """A whole graph; the order of its nodes and edges is the order customers see."""

    root_node_id: Annotated[str, StringConstraints(max_length=100)]
    nodes: tuple[ServiceSelectionNode, ...] = ()
    edges: tuple[ServiceSelectionEdge, ...] = ()

    @property
    def is_storable(self) -> bool:
        """Whether the graph is small enough to be stored and shown."""
        return len(self.nodes) <= MAX_STORED_NODES and len(self.edges) <= MAX_STORED_EDGES
