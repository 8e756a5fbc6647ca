//! What is drawn: a node per state, a group per Parallel or Map with its flows inside, an edge per way out.

use std::collections::BTreeMap;

use asl::machine::Edge as Way;
use asl::{Flow, State, StateId, StateKind, StateMachine, Transition};

use super::label;
use super::taken::{Mark, Taken};

#[derive(Debug)]
pub(crate) struct Drawing {
    pub(super) items: Vec<Item>,
    pub(super) edges: Vec<Edge>,
}

#[derive(Debug)]
pub(super) enum Item {
    Node(Node),
    Group(Group),
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) id: String,
    pub(super) shape: Shape,
    /// The name first.
    pub(super) lines: Vec<String>,
    pub(super) mark: Option<Mark>,
}

#[derive(Debug)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) lines: Vec<String>,
    pub(super) items: Vec<Item>,
    pub(super) mark: Option<Mark>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Task,
    Choice,
    Wait,
    Pass,
    Succeed,
    Fail,
    /// Where a flow begins.
    Start,
    /// Where the machine ends without Succeed or Fail.
    End,
}

#[derive(Debug)]
pub(super) struct Edge {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) label: Option<String>,
    /// Only on an error.
    pub(super) caught: bool,
    pub(super) taken: bool,
}

impl Drawing {
    pub(crate) fn new(machine: &StateMachine, taken: Option<&Taken>) -> Self {
        let numbers = machine.states().enumerate().map(|(number, (id, _))| (id, number)).collect();
        let mut pen = Pen { machine, taken, numbers, edges: Vec::new() };
        let mut items = vec![pen.start("start", &machine.root)];
        items.extend(machine.root.states.iter().map(|&id| pen.state(id)));
        if pen.ends(&machine.root) {
            let end =
                Node { id: "finish".into(), shape: Shape::End, lines: Vec::new(), mark: None };
            items.push(Item::Node(end));
        }
        Self { items, edges: pen.edges }
    }
}

struct Pen<'a> {
    machine: &'a StateMachine,
    taken: Option<&'a Taken>,
    /// Names hold anything; the ids in a drawing are `s0`, `s1`, … in document order.
    numbers: BTreeMap<StateId, usize>,
    edges: Vec<Edge>,
}

impl Pen<'_> {
    fn id(&self, state: StateId) -> String {
        format!("s{}", self.numbers[&state])
    }

    fn mark(&self, state: &State) -> Option<Mark> {
        self.taken.and_then(|taken| taken.mark(&state.name))
    }

    fn lines(&self, state: &State) -> Vec<String> {
        let mut lines = label::of_state(state);
        lines.extend(self.taken.and_then(|taken| taken.note(&state.name)));
        lines
    }

    /// The dot that a flow begins at, and its edge to the first state.
    fn start(&mut self, id: &str, flow: &Flow) -> Item {
        let first = self.machine.state(flow.start_at);
        self.edges.push(Edge {
            from: id.to_owned(),
            to: self.id(flow.start_at),
            label: None,
            caught: false,
            taken: self.taken.is_some_and(|taken| taken.entered(&first.name)),
        });
        let (id, lines) = (id.to_owned(), Vec::new());
        Item::Node(Node { id, shape: Shape::Start, lines, mark: None })
    }

    fn state(&mut self, id: StateId) -> Item {
        let machine = self.machine;
        let state = machine.state(id);
        let shape = match &state.kind {
            StateKind::Task(_) => Shape::Task,
            StateKind::Choice(_) => Shape::Choice,
            StateKind::Wait(_) => Shape::Wait,
            StateKind::Pass(_) => Shape::Pass,
            StateKind::Succeed(_) => Shape::Succeed,
            StateKind::Fail(_) => Shape::Fail,
            StateKind::Parallel(_) | StateKind::Map(_) => return self.container(id, state),
        };
        self.ways_out(id, state);
        let (lines, mark) = (self.lines(state), self.mark(state));
        Item::Node(Node { id: self.id(id), shape, lines, mark })
    }

    fn container(&mut self, id: StateId, state: &State) -> Item {
        let own_id = self.id(id);
        let branches = state.flows().len();
        let mut items = Vec::new();
        for (index, flow) in state.flows().iter().enumerate() {
            let flow_id = format!("{own_id}b{index}");
            let mut inside = vec![self.start(&format!("{flow_id}start"), flow)];
            inside.extend(flow.states.iter().map(|&id| self.state(id)));
            if branches == 1 {
                items.append(&mut inside);
                continue;
            }
            let lines = vec![format!("branch {}", index + 1)];
            items.push(Item::Group(Group { id: flow_id, lines, items: inside, mark: None }));
        }
        self.ways_out(id, state);
        let (lines, mark) = (self.lines(state), self.mark(state));
        Item::Group(Group { id: own_id, lines, items, mark })
    }

    fn ways_out(&mut self, id: StateId, state: &State) {
        for (way, target) in state.targets() {
            let to = self.machine.state(target);
            let caught = matches!(way, Way::Catch(_));
            self.edges.push(Edge {
                from: self.id(id),
                to: self.id(target),
                label: label::of_way(state, way),
                caught,
                taken: self.taken.is_some_and(|taken| taken.went(&state.name, &to.name, caught)),
            });
        }
        if transition(state) == Some(Transition::End) && self.machine.root.states.contains(&id) {
            self.edges.push(Edge {
                from: self.id(id),
                to: "finish".to_owned(),
                label: None,
                caught: false,
                taken: self.taken.is_some_and(|taken| taken.ended_after(&state.name)),
            });
        }
    }

    fn ends(&self, flow: &Flow) -> bool {
        flow.states.iter().any(|&id| transition(self.machine.state(id)) == Some(Transition::End))
    }
}

fn transition(state: &State) -> Option<Transition> {
    match &state.kind {
        StateKind::Task(task) => Some(task.transition),
        StateKind::Pass(pass) => Some(pass.transition),
        StateKind::Wait(wait) => Some(wait.transition),
        StateKind::Parallel(parallel) => Some(parallel.transition),
        StateKind::Map(map) => Some(map.transition),
        StateKind::Choice(_) | StateKind::Succeed(_) | StateKind::Fail(_) => None,
    }
}
