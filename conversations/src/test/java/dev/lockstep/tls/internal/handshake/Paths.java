package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.internal.handshake.Question.OnFailure;
import dev.lockstep.tls.internal.handshake.Scene.Deal;
import dev.lockstep.tls.internal.handshake.State.Kind;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Walks every path of a table, with every outcome of its conditions, its questions and the client's messages, and notes
 * where a {@link Property} does not hold. Conditions are asked of real offers, agreements and certificates, and the effects
 * of the rows are those of the real actions; only what a message or an answer says is left open, and so tried both ways.
 */
final class Paths {

    private static final Worlds WORLDS = new Worlds();
    private static final Effects EFFECTS = new Effects();

    private record Step(String label, Node node) {}

    private final TransitionTable table;
    private final UnaryOperator<Row> origin;
    private final Map<Node, Node> cameFrom = new LinkedHashMap<>();
    private final Map<Node, List<Node>> next = new HashMap<>();
    private final Map<Property, String> violations = new EnumMap<>(Property.class);
    private int steps;
    private Node standing = Node.CLOSED;

    /**
     * Walks a table.
     *
     * @param origin the row of the real table whose action a row has
     * @param sought the walk ends where this does not hold; null for the whole of it
     */
    Paths(TransitionTable table, UnaryOperator<Row> origin, @Nullable Property sought) {
        this.table = table;
        this.origin = origin;
        explore(sought);
        if (sought == null || !violations.containsKey(sought)) {
            requireNoCircle();
            requireAnEnd();
        }
    }

    /** What does not hold, and one of the shortest paths on which it does not. */
    Map<Property, String> violations() {
        return violations;
    }

    /** How many points there are. */
    int points() {
        return cameFrom.size();
    }

    /** How many steps lead from one to another. */
    int steps() {
        return steps;
    }

    /** The states that were reached. */
    Set<State> states() {
        Set<State> states = EnumSet.noneOf(State.class);
        cameFrom.keySet().forEach(node -> states.add(node.state()));
        return states;
    }

    private void explore(@Nullable Property sought) {
        Deque<Node> open = new ArrayDeque<>();
        standing = Node.CLOSED.at(State.READ_CLIENT_HELLO);
        cameFrom.put(standing, standing);
        open.add(standing);
        while (!open.isEmpty() && (sought == null || !violations.containsKey(sought))) {
            standing = open.poll();
            List<Step> taken = steps(standing);
            steps += taken.size();
            next.put(standing, taken.stream().map(Step::node).distinct().toList());
            for (Step step : taken) {
                if (cameFrom.putIfAbsent(step.node(), standing) == null) {
                    open.add(step.node());
                }
            }
        }
    }

    private void violated(Property property, String how) {
        violations.computeIfAbsent(property, any -> how + " on " + path());
    }

    private String path() {
        Deque<String> path = new ArrayDeque<>();
        Node node = standing;
        while (cameFrom.get(node) != node) {
            path.addFirst(node.toString());
            node = cameFrom.get(node);
        }
        return String.join("\n  ", path);
    }

    // ---- what may happen at a point

    private List<Step> steps(Node node) {
        List<Step> all = new ArrayList<>();
        if (node.state() == State.CLOSED) {
            return all;
        }
        requireQuiet(node);
        boolean stuck = true;
        for (Row row : table.rows()) {
            if (row.state() != node.state()) {
                continue;
            }
            stuck = false;
            if (row.event() == Event.ANSWER) {
                all.addAll(answered(node, row));
            } else {
                if (!node.waiting().isEmpty()) {
                    violated(Property.WAITS_END, row.event() + " leaves " + node.state() + ", which is pending");
                }
                all.addAll(run(node, row, row.successors()));
            }
        }
        if (stuck) {
            violated(Property.PROGRESS, node.state() + " has no row");
        }
        // an alert, a message out of order, the end of the stream, a deadline, an application that gives up
        all.add(new Step("ends", Node.CLOSED));
        return all;
    }

    private List<Step> answered(Node node, Row row) {
        Question<?> question = row.question();
        if (question == null) {
            violated(Property.WAITS_END, node.state() + " has no question");
            return List.of();
        }
        List<Step> answer = run(node, row, row.successors());
        List<Step> failure =
                question.onFailure() == OnFailure.FULL_HANDSHAKE || question.onFailure() == OnFailure.MASKED_TO_FINISHED
                        ? run(node, row, List.of(row.otherwise()))
                        : List.of(new Step("failure", Node.CLOSED));
        boolean secret = question.kind() == SuspensionKind.DECRYPT || question.kind() == SuspensionKind.PSK_LOOKUP;
        List<Step> success = run(node, row, List.of(row.successors().get(0)));
        if (secret && !nodes(success).equals(nodes(failure))) {
            violated(Property.MASKED_ALIKE, node.state() + " leads elsewhere after a failure");
        }
        List<Step> all = new ArrayList<>(answer);
        all.addAll(failure);
        return all;
    }

    private static Set<Node> nodes(List<Step> steps) {
        Set<Node> nodes = new HashSet<>();
        steps.forEach(step -> nodes.add(step.node()));
        return nodes;
    }

    /** Runs a row in every way that leads to one of these states. */
    private List<Step> run(Node node, Row row, List<State> successors) {
        Set<Effect> effects = EFFECTS.ofAction(origin.apply(row));
        List<Step> all = new ArrayList<>();
        for (State successor : successors) {
            boolean taken = successor == row.successors().get(0);
            for (Scene scene : taken ? node.scene().after(effects) : List.of(node.scene())) {
                Node after = node.copy(scene);
                if (row.event() == Event.ANSWER) {
                    after.waiting().remove(node.state());
                }
                if (taken) {
                    apply(row, effects, after);
                }
                all.add(new Step(row.event().name(), arrive(node.state(), after, successor)));
            }
        }
        return all;
    }

    // ---- what it does

    private void apply(Row row, Set<Effect> effects, Node after) {
        Set<Fact> facts = after.facts();
        Deal deal = after.scene().deal();
        boolean ephemeral = deal != null && deal.exchange().isEphemeral();
        if (after.scene().claimed()) {
            facts.add(Fact.CLAIMED);
        }
        if (row.question() != null && row.question().kind() == SuspensionKind.CLIENT_CERTIFICATE) {
            facts.add(Fact.JUDGED);
        }
        if (row.question() != null && row.question().kind() == SuspensionKind.PSK_LOOKUP) {
            makes(after, Fact.PRE_SHARED_KEY);
        }
        for (Effect effect : effects) {
            switch (effect) {
                case MAKES_SHARE -> makes(after, Fact.SHARE);
                case USES_SHARE -> {
                    if (ephemeral) {
                        makes(after, Fact.SHARED_SECRET);
                    }
                }
                case DROPS_SHARE -> facts.remove(Fact.SHARE);
                case DECRYPTS -> makes(after, Fact.SHARED_SECRET);
                case TAKES_PREMASTER -> takePremaster(after);
                case MAKES_MASTER -> makes(after, Fact.MASTER_SECRET);
                case PREPARES_KEYS -> {
                    if (!facts.add(Fact.KEYS_PREPARED)) {
                        violated(Property.KEYS_ONCE, row.state() + " derives keys again");
                    }
                }
                case READS_WITH_THEM -> follows(facts, Fact.KEYS_PREPARED, Fact.READS_NEW_KEYS);
                case CHECKS_FINISHED -> follows(facts, Fact.READS_NEW_KEYS, Fact.FINISHED_CHECKED);
                case WRITES_WITH_THEM -> follows(facts, Fact.KEYS_PREPARED, Fact.WRITES_NEW_KEYS);
                case SENDS_FINISHED -> follows(facts, Fact.WRITES_NEW_KEYS, Fact.FINISHED_SENT);
                case PROVES -> {
                    if (after.has(Fact.CLAIMED) && after.has(Fact.JUDGED)) {
                        facts.add(Fact.PROVEN);
                    }
                }
                case KEEPS_SESSION -> requireProof(after, row.state() + " keeps a session");
                case TAKES_SESSION -> makes(after, Fact.EARLIER_SESSION);
                case DROPS_SESSION -> {
                    boolean kept = effects.contains(Effect.TAKES_SESSION)
                            || (effects.contains(Effect.AGREES_TO_RESUME) && deal != null && deal.ticket());
                    if (!kept) {
                        facts.remove(Fact.EARLIER_SESSION);
                    }
                }
                case BEGINS, AGREES, AGREES_TO_RESUME, DRAWS_STAND_IN, CLAIMS -> {}
            }
        }
    }

    private static void follows(Set<Fact> facts, Fact first, Fact second) {
        if (facts.contains(first)) {
            facts.add(second);
        }
    }

    private void makes(Node after, Fact secret) {
        if (!after.facts().add(secret)) {
            violated(Property.SECRETS_END, secret + " is made in the place of another one");
        }
    }

    private void takePremaster(Node after) {
        Deal deal = after.scene().deal();
        boolean whole = deal != null
                && (!deal.exchange().usesPsk() || after.has(Fact.PRE_SHARED_KEY))
                && (!(deal.exchange().isEphemeral() || deal.exchange().decryptsPremaster())
                        || after.has(Fact.SHARED_SECRET));
        if (!whole) {
            violated(Property.KEYS_ONCE, "keys of less than the key exchange has");
        }
        after.facts().remove(Fact.SHARED_SECRET);
        after.facts().remove(Fact.PRE_SHARED_KEY);
    }

    private void requireProof(Node node, String use) {
        if (node.has(Fact.CLAIMED) && !node.has(Fact.PROVEN)) {
            violated(Property.PROOF_BEFORE_USE, use + " of a client that has proven nothing");
        }
    }

    // ---- where it leads

    private Node arrive(State from, Node after, State successor) {
        State entered;
        try {
            entered = after.scene() == Scene.NONE ? successor : table.enter(successor, WORLDS.of(after.scene()));
        } catch (IllegalStateException tooEarly) {
            return Node.CLOSED; // as in the machine, where it is a defect that ends the connection
        }
        Node node = after.at(entered);
        if (entered.kind() == Kind.OPEN && from.kind() != Kind.OPEN) {
            return opened(node);
        }
        if (entered.kind() == Kind.AWAIT) {
            if (!node.asked().add(entered)) {
                violated(Property.WAITS_END, entered + " asks its question again");
            }
            node.waiting().add(entered);
            if (node.waiting().size() > 1) {
                violated(Property.ONE_WAIT, node.waiting() + " are pending");
            }
            Row row = table.row(entered, Event.ANSWER);
            if (row != null) {
                asks(EFFECTS.ofQuestion(origin.apply(row)), node);
            }
        }
        return node;
    }

    /** What asking a question does, before there is an answer. */
    private void asks(Set<Effect> effects, Node node) {
        if (effects.contains(Effect.DRAWS_STAND_IN)) {
            node.facts().add(Fact.STAND_IN); // the machine wipes an earlier one
        }
        if (effects.contains(Effect.USES_SHARE)) {
            makes(node, Fact.SHARED_SECRET);
        }
        if (effects.contains(Effect.DROPS_SHARE)) {
            node.facts().remove(Fact.SHARE);
        }
    }

    /** {@code ServerHandshake.fire}: a handshake that arrives at CONNECTED is complete, and its secrets are wiped. */
    private Node opened(Node node) {
        if (!node.has(Fact.FINISHED_CHECKED) || !node.has(Fact.FINISHED_SENT)) {
            violated(Property.FINISHED_BEFORE_OPEN, node.state() + " is entered without both Finished");
        }
        if (!node.has(Fact.KEYS_PREPARED)) {
            violated(Property.KEYS_ONCE, node.state() + " is entered without keys");
        }
        requireProof(node, node.state() + " is entered");
        if (!node.waiting().isEmpty()) {
            violated(Property.WAITS_END, node.waiting() + " is still pending in " + node.state());
        }
        if (node.state() == State.CONNECTED) {
            Node established = Node.CLOSED.copy(Scene.NONE);
            established.facts().add(Fact.ESTABLISHED);
            return established.at(State.CONNECTED);
        }
        return node;
    }

    /** What must be true wherever the connection stops for its client or its application. */
    private void requireQuiet(Node node) {
        boolean later = node.has(Fact.ESTABLISHED);
        if (table.carriesData(node.state(), later)) {
            boolean unchecked = node.has(Fact.READS_NEW_KEYS) && !node.has(Fact.FINISHED_CHECKED);
            if (!later || unchecked) {
                violated(Property.DATA_AFTER_FINISHED, node.state() + " takes data");
            }
        }
        boolean stops = node.state().kind() == Kind.READ || node.state().kind() == Kind.OPEN;
        if (stops && later && !table.isSilent(node.state())) {
            boolean unchecked = node.has(Fact.WRITES_NEW_KEYS) && !node.has(Fact.FINISHED_CHECKED);
            if (unchecked) {
                violated(Property.DATA_AFTER_FINISHED, node.state() + " sends data");
            }
        }
        boolean open = node.state().kind() == Kind.OPEN;
        boolean derived = stops && node.has(Fact.KEYS_PREPARED);
        for (Fact fact : node.facts()) {
            if (fact.isSecret() && (open || (derived && fact.isPremaster()))) {
                violated(Property.SECRETS_END, node.state() + " still has " + fact);
            }
        }
    }

    /** States that need no client must come to an end: what is left when every one that leads out is taken away is a circle. */
    private void requireNoCircle() {
        Set<Node> left = new LinkedHashSet<>(cameFrom.keySet());
        left.removeIf(node -> node.state().kind() != Kind.ACT && node.state().kind() != Kind.AWAIT);
        while (left.removeIf(node -> next.get(node).stream().noneMatch(left::contains))) {
            // another layer
        }
        if (!left.isEmpty()) {
            standing = left.iterator().next();
            violated(Property.PROGRESS, standing.state() + " is on a circle");
        }
    }

    /** From every point a client that does its part comes to an open connection. */
    private void requireAnEnd() {
        Map<Node, List<Node>> before = new HashMap<>();
        next.forEach((node, all) -> all.forEach(
                each -> before.computeIfAbsent(each, any -> new ArrayList<>()).add(node)));
        Set<Node> good = new HashSet<>();
        Deque<Node> open = new ArrayDeque<>();
        cameFrom.keySet().stream()
                .filter(node -> node.state().kind() == Kind.OPEN)
                .forEach(open::add);
        while (!open.isEmpty()) {
            Node node = open.poll();
            if (good.add(node)) {
                open.addAll(before.getOrDefault(node, List.of()));
            }
        }
        for (Node node : cameFrom.keySet()) {
            if (!good.contains(node) && node.state().kind() != Kind.END) {
                standing = node;
                violated(Property.PROGRESS, node.state() + " leads to nothing");
                return;
            }
        }
    }
}
