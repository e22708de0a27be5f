"""Strongly connected components of a graph, in topological order."""

from dataclasses import dataclass

from app.domain.service_selection.numbered import NumberedGraph


@dataclass(frozen=True, slots=True)
class Components:
    """What each node is strongly connected with.

    `of_node` gives a component number for each node; a link between two components goes from the
    smaller number to the greater. `order` holds all nodes by ascending component, so outside of
    `cyclic` (the components of two nodes or more, each in node order) it is a topological order.
    """

    of_node: list[int]
    order: list[int]
    cyclic: list[list[int]]


def find_components(graph: NumberedGraph) -> Components:
    """Return the strongly connected components over all links, in O(nodes + links).

    Pearce, "A space-efficient algorithm for finding strongly connected components" (2016), with
    the calls in a list, since a graph may be deeper than Python can recurse. While a node is open,
    `lowest` is the least visit number it can reach; once closed, its component's number, which is
    greater than every visit number, so that closed nodes never lower an open one.
    """
    starts, targets = graph.link_starts, graph.link_targets
    lowest = [-1] * graph.node_count
    visited_as = lowest[:]
    next_slot = starts[:]
    search = _Closing(lowest=lowest, order=[], cyclic=[], waiting=[], last=2 * graph.node_count)
    visits = 0
    for first in range(graph.node_count):
        calls = [first] if lowest[first] < 0 else []
        while calls:
            node = calls[-1]
            if visited_as[node] < 0:
                visited_as[node] = lowest[node] = visits
                visits += 1
            slot = next_slot[node]
            if slot < starts[node + 1]:
                child = targets[slot]
                if lowest[child] < 0:
                    calls.append(child)
                    continue
                # A child just returned from is looked at here as well: its slot is still the next.
                next_slot[node] = slot + 1
                lowest[node] = min(lowest[node], lowest[child])
                continue
            calls.pop()
            if lowest[node] == visited_as[node]:
                search.close(node)
            else:
                search.waiting.append(node)
    return Components(of_node=lowest, order=search.order[::-1], cyclic=search.cyclic)


@dataclass(slots=True)
class _Closing:
    """The components closed so far, last ones first, and the nodes whose component is open."""

    lowest: list[int]
    order: list[int]
    cyclic: list[list[int]]
    waiting: list[int]
    last: int

    def close(self, node: int) -> None:
        """Close the component of `node`, the first of its nodes that was visited."""
        lowest, waiting = self.lowest, self.waiting
        members = [node]
        while waiting and lowest[waiting[-1]] >= lowest[node]:
            members.append(waiting.pop())
        for member in members:
            lowest[member] = self.last
        self.last -= 1
        self.order.extend(members)
        if len(members) > 1:
            self.cyclic.append(sorted(members))
