package dev.lockstep.explain;

import dev.lockstep.explain.Dissector.Field;
import dev.lockstep.explain.Transcript.Row;
import dev.lockstep.explain.Transcript.Wait;
import dev.lockstep.explain.Transcript.WireRecord;
import dev.lockstep.tls.spec.BulkCipher;
import dev.lockstep.tls.spec.CipherSuite;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * A transcript in words, as Markdown: each record with the name of every byte, the row of the table that took or sent it, and
 * what is derived with it. May be asked repeatedly while the transcript grows. Knows nothing but the transcript.
 */
public final class Explanation {

    private static final int BYTES_A_LINE = 16;

    private final Transcript transcript;
    private final Dissector dissector = new Dissector();
    private int explained;
    private int rowsUsed;

    public Explanation(Transcript transcript) {
        this.transcript = transcript;
    }

    /** Returns the lines about what has happened since the last call. */
    public List<String> next() {
        List<String> out = new ArrayList<>();
        List<Transcript.Event> events = transcript.events();
        for (; explained < events.size(); explained++) {
            out.add("");
            Transcript.Event event = events.get(explained);
            if (event instanceof Wait wait) {
                out.add("### The server waits: " + wait.kind());
                out.add("");
                out.add(Meaning.of(wait.kind()) + " State: `" + wait.state() + "`.");
            } else if (event instanceof WireRecord record) {
                add(out, record);
            }
        }
        return out;
    }

    private void add(List<String> out, WireRecord record) {
        List<String> names = record.names();
        List<List<Field>> messages = record.messages().stream()
                .map(message -> dissector.fields(record.type(), message))
                .toList();
        out.add("### " + (record.fromClient() ? "Client: " : "Server: ") + String.join(", ", names));
        for (String name : names) {
            out.add("");
            out.add(Meaning.of(name, record.fromClient()) + " " + row(name, record.fromClient()));
            String derivation = Meaning.derivation(
                    name,
                    record.fromClient(),
                    dissector.suite(),
                    dissector.hasExtendedMasterSecret(),
                    transcript.isResumed());
            if (!derivation.isEmpty()) {
                out.add("");
                out.add("Derived: " + derivation);
            }
        }
        out.add("");
        out.add("```");
        byte[] bytes = record.bytes();
        add(out, Arrays.copyOfRange(bytes, 0, 1), "record, type: " + contentType(record.type()));
        add(out, Arrays.copyOfRange(bytes, 1, 3), "version: " + Names.version(Bytes.number(bytes, 1, 2)));
        add(out, Arrays.copyOfRange(bytes, 3, 5), "length");
        if (record.isPart()) {
            add(out, record.fragment(), "a part of a handshake message");
        }
        if (record.isProtected()) {
            addProtected(out, record.fragment());
            if (!messages.isEmpty()) {
                out.addAll(List.of("```", "", "Under the protection:", "", "```"));
            }
        }
        for (List<Field> fields : messages) {
            fields.forEach(field -> add(out, field.bytes(), field.name()));
        }
        out.add("```");
    }

    private void addProtected(List<String> out, byte[] fragment) {
        CipherSuite suite = dissector.suite();
        BulkCipher cipher = suite == null ? null : suite.bulkCipher();
        int front = cipher == null ? 0 : cipher.recordIvLength();
        int tag = cipher == null ? 0 : cipher.tagLength();
        int end = fragment.length - tag;
        if (front > end) {
            front = 0;
            end = fragment.length;
        }
        boolean isAead = cipher != null && cipher.isAead();
        add(
                out,
                Arrays.copyOfRange(fragment, 0, front),
                isAead ? "explicit part of the nonce: the sequence number" : "initialization vector");
        add(out, Arrays.copyOfRange(fragment, front, end), isAead ? "ciphertext" : "ciphertext, with MAC and padding");
        add(out, Arrays.copyOfRange(fragment, end, fragment.length), "authentication tag");
    }

    private static void add(List<String> out, byte[] bytes, String name) {
        boolean first = true;
        for (byte[] line : Bytes.lines(bytes, BYTES_A_LINE)) {
            String hex = Bytes.spaced(line);
            out.add(first ? hex + " ".repeat(3 * BYTES_A_LINE + 1 - hex.length()) + name : hex);
            first = false;
        }
    }

    private static String contentType(int type) {
        return switch (type) {
            case Transcript.CHANGE_CIPHER_SPEC -> "change_cipher_spec";
            case Transcript.ALERT -> "alert";
            case Transcript.HANDSHAKE -> "handshake";
            default -> "application_data";
        };
    }

    /** The row by which the server takes or sends a message: the next one that is about it; without one, the state. */
    private String row(String message, boolean fromClient) {
        String name =
                message.replace(" ", "").replaceAll("(?<=.)([A-Z])", "_$1").toUpperCase(Locale.ROOT);
        int at = next(row -> fromClient
                ? row.event().equals(name)
                : row.from().equals("SEND_" + name) || row.from().equals("RESUME_" + name));
        if (at < 0) {
            return "State: `" + transcript.state() + "`.";
        }
        rowsUsed = at + 1;
        Row row = transcript.rows().get(at);
        return "Row: `" + row.from() + "`, " + row.event() + ", then `" + row.to() + "`.";
    }

    private int next(Predicate<Row> about) {
        List<Row> rows = transcript.rows();
        for (int i = rowsUsed; i < rows.size(); i++) {
            if (about.test(rows.get(i))) {
                return i;
            }
        }
        return -1;
    }
}
