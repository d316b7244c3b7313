package dev.lockstep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.interop.Peer.Resumption;
import dev.lockstep.testkit.util.Needed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Collects how the runs of the matrix went, a row for each client, and prints them. */
final class MatrixTable {
    private static final Path PAGE = Path.of("..", "docs", "evidence", "interop.md");
    private static final String BEGIN = "<!-- matrix: printed by InteropMatrixIT -->\n";
    private static final String END = "<!-- end of the matrix -->\n";
    private static final String RED = "\u001b[31m";
    private static final String PLAIN = "\u001b[0m";

    /** What is tried, with {RSA, EC} x {inline, asynchronous} keys each. */
    enum Column {
        FULL("full handshake", null, false),
        BY_ID("resumed by ID", Resumption.ID, false),
        BY_TICKET("resumed by ticket", Resumption.TICKET, false),
        FULL_WITH_IDENTITY("full handshake, client certificate", null, true),
        BY_ID_WITH_IDENTITY("resumed by ID, client certificate", Resumption.ID, true),
        BY_TICKET_WITH_IDENTITY("resumed by ticket, client certificate", Resumption.TICKET, true),
        OTHER_ROOT("refuses another root", null, false);

        private final String title;
        private final @Nullable Resumption resumption;
        private final boolean identity;

        Column(String title, @Nullable Resumption resumption, boolean identity) {
            this.title = title;
            this.resumption = resumption;
            this.identity = identity;
        }

        /** How the session of a first connection is resumed on the second; null for one connection. */
        @Nullable
        Resumption resumption() {
            return resumption;
        }

        /** Whether the server requires a certificate of the client. */
        boolean withIdentity() {
            return identity;
        }

        /** Whether it can be done with this client at all. */
        boolean isFor(Peer peer) {
            return (resumption == null || peer.resumptions().contains(resumption))
                    && (!identity || peer.hasIdentity())
                    && !isRefusedTo(peer);
        }

        /**
         * Whether the server makes full handshakes instead: a session without extended_master_secret may have a man in
         * between (RFC 7627 section 1), so it does not vouch for a client's certificate.
         */
        boolean isRefusedTo(Peer peer) {
            return resumption != null && identity && !peer.hasExtendedMasterSecret();
        }
    }

    private record Place(String peer, Column column) {}

    private final List<Peer> peers;
    private final Map<Place, List<Run>> runs = new ConcurrentHashMap<>();

    MatrixTable(List<Peer> peers) {
        this.peers = peers;
    }

    /** One run of one client. It counts as failed unless it says that it passed. */
    static final class Run {
        private final String name;
        private volatile boolean passed;

        private Run(String name) {
            this.name = name;
        }

        void passed() {
            passed = true;
        }
    }

    Run begin(Peer peer, Column column, String name) {
        Run run = new Run(name);
        runs.computeIfAbsent(new Place(peer.name(), column), place -> Collections.synchronizedList(new ArrayList<>()))
                .add(run);
        return run;
    }

    /** The table with colours, and the names of what failed. */
    String forTerminal() {
        List<Run> failed = runs.values().stream()
                .flatMap(List::stream)
                .filter(run -> !run.passed)
                .toList();
        StringBuilder text = new StringBuilder("\n");
        markdown().forEach(line -> text.append(line.contains("FAILED") ? RED + line + PLAIN : line)
                .append('\n'));
        failed.forEach(run -> text.append(RED)
                .append("FAILED ")
                .append(run.name)
                .append(PLAIN)
                .append('\n'));
        return text.toString();
    }

    /**
     * The page must say what this run showed; {@code -Ddocs.update=true} makes it so. Other versions of the clients may
     * do more or less, so that only in continuous integration, where they are known, a difference is a failure.
     */
    void checkPage() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        assertThat(end).as("the place for the table in " + PAGE).isGreaterThanOrEqualTo(begin);
        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(
                    PAGE, page.substring(0, begin) + String.join("\n", markdown()) + "\n" + page.substring(end));
            return;
        }
        List<String> onPage = page.substring(begin, end).lines().toList();
        List<String> missing =
                markdown().stream().filter(line -> !onPage.contains(line)).toList();
        if (Needed.inContinuousIntegration()) {
            assertThat(missing)
                    .as("docs/evidence/interop.md is stale: interop-tests/matrix -Ddocs.update=true")
                    .isEmpty();
        }
        missing.forEach(
                line -> System.err.println("NOT IN docs/evidence/interop.md, made with Debian 12's clients: " + line));
    }

    private List<String> markdown() {
        List<String> lines = new ArrayList<>();
        List<Column> columns = List.of(Column.values());
        lines.add(row("client", columns.stream().map(column -> column.title).toList()));
        lines.add("|---|" + "---|".repeat(columns.size()));
        for (Peer peer : peers) {
            lines.add(row(
                    peer.name(),
                    columns.stream().map(column -> cell(peer, column)).toList()));
        }
        return lines;
    }

    private String cell(Peer peer, Column column) {
        if (!column.isFor(peer)) {
            return "-";
        }
        List<Run> here = runs.getOrDefault(new Place(peer.name(), column), List.of());
        if (here.isEmpty()) {
            return "not run";
        }
        long passed = here.stream().filter(run -> run.passed).count();
        return passed + " of " + here.size() + (passed == here.size() ? "" : " FAILED");
    }

    private static String row(String first, List<String> others) {
        return "| " + first + " | " + String.join(" | ", others) + " |";
    }
}
