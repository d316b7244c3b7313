package dev.lockstep.conversations.transcript;

import dev.lockstep.conversations.transcript.Dissector.Field;
import dev.lockstep.conversations.transcript.Transcript.Record;
import dev.lockstep.conversations.transcript.Transcript.Row;
import dev.lockstep.conversations.transcript.Transcript.Wait;
import dev.lockstep.testkit.util.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A transcript as text: as the file that it is compared with, and as a chapter of the page. */
final class TranscriptText {

    private static final int BYTES_A_LINE = 16;
    private static final int EXPLICIT_NONCE = 8;
    private static final int TAG = 16;

    private final Golden golden;
    private final Transcript transcript;
    private final List<Row> rows;

    TranscriptText(Golden golden, Transcript transcript) {
        this.golden = golden;
        this.transcript = transcript;
        this.rows = transcript.rows();
    }

    /** What the file holds: every record in hexadecimal, with a comment that says what is in it. */
    String file() {
        StringBuilder out = new StringBuilder();
        out.append("# ")
                .append(golden.title())
                .append(". C: the client sends, S: the server sends, and what it waits for.\n");
        out.append("# Rewrite with: mvn -pl conversations -am test -Dtest=GoldenTranscriptTest -Dupdate=true \\\n");
        out.append("#     -Dsurefire.failIfNoSpecifiedTests=false\n");
        for (Transcript.Event event : transcript.events()) {
            if (event instanceof Wait wait) {
                out.append("\nwait ").append(wait.kind()).append('\n');
            } else if (event instanceof Record record) {
                String names = record.messages().stream()
                        .map(message -> Transcript.name(record.type(), message))
                        .collect(Collectors.joining(", "));
                out.append("\n# ")
                        .append(names)
                        .append(record.isProtected() ? ", protected: " + Bytes.hex(record.content()) : "");
                out.append('\n').append(record.fromClient() ? "C:" : "S:").append('\n');
                lines(record.bytes(), 2 * BYTES_A_LINE)
                        .forEach(
                                line -> out.append("  ").append(Bytes.hex(line)).append('\n'));
            }
        }
        return out.toString();
    }

    /** The chapter: figure, and then each record with the name of every byte. */
    List<String> chapter() {
        List<String> out = new ArrayList<>(List.of("## " + golden.title(), "", "```"));
        Figure.of(transcript).lines().forEach(out::add);
        out.add("```");
        for (Transcript.Event event : transcript.events()) {
            out.add("");
            if (event instanceof Wait wait) {
                out.add("### The server waits: " + wait.kind());
                out.add("");
                out.add(Meaning.of(wait.kind()) + " State: `" + wait.state() + "`.");
            } else if (event instanceof Record record) {
                record(out, record);
            }
        }
        return out;
    }

    private void record(List<String> out, Record record) {
        List<byte[]> messages = record.messages();
        String first = Transcript.name(record.type(), messages.get(0));
        out.add("### " + (record.fromClient() ? "Client: " : "Server: ")
                + messages.stream()
                        .map(message -> Transcript.name(record.type(), message))
                        .collect(Collectors.joining(", ")));
        out.add("");
        out.add(Meaning.of(first, record.fromClient()) + " State: `" + state(first, record.fromClient()) + "`.");
        out.add("");
        out.add("```");
        add(out, Bytes.slice(record.bytes(), 0, 1), "record, type: " + contentType(record.type()));
        add(out, Bytes.slice(record.bytes(), 1, 2), "version: TLS 1.2");
        add(out, Bytes.slice(record.bytes(), 3, 2), "length");
        if (record.isProtected()) {
            byte[] fragment = record.fragment();
            int length = fragment.length - EXPLICIT_NONCE - TAG;
            add(out, Bytes.slice(fragment, 0, EXPLICIT_NONCE), "explicit part of the nonce: the sequence number");
            add(out, Bytes.slice(fragment, EXPLICIT_NONCE, length), "ciphertext");
            add(out, Bytes.slice(fragment, EXPLICIT_NONCE + length, TAG), "authentication tag");
            out.add("```");
            out.add("");
            out.add("Under the protection:");
            out.add("");
            out.add("```");
        }
        for (byte[] message : messages) {
            for (Field field : Dissector.fields(record.type(), message)) {
                add(out, field.bytes(), field.name());
            }
        }
        out.add("```");
    }

    private static void add(List<String> out, byte[] bytes, String name) {
        boolean first = true;
        for (byte[] line : lines(bytes, BYTES_A_LINE)) {
            String hex = Bytes.hex(line).replaceAll("..(?=.)", "$0 ");
            out.add(first ? hex + " ".repeat(3 * BYTES_A_LINE + 1 - hex.length()) + name : hex);
            first = false;
        }
    }

    private static List<byte[]> lines(byte[] bytes, int length) {
        List<byte[]> lines = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += length) {
            lines.add(Bytes.slice(bytes, at, Math.min(length, bytes.length - at)));
        }
        return lines;
    }

    private static String contentType(int type) {
        return switch (type) {
            case Transcript.CHANGE_CIPHER_SPEC -> "change_cipher_spec";
            case Transcript.ALERT -> "alert";
            case Transcript.HANDSHAKE -> "handshake";
            default -> "application_data";
        };
    }

    /** The state in which the server takes or sends a message: that of the next row that is about it. */
    private String state(String message, boolean fromClient) {
        String name =
                message.replace(" ", "").replaceAll("(?<=.)([A-Z])", "_$1").toUpperCase(Locale.ROOT);
        int at = next(row -> fromClient
                ? row.event().equals(name)
                : row.from().equals("SEND_" + name) || row.from().equals("RESUME_" + name));
        if (at < 0 && !fromClient) {
            // a message that has no state of its own is sent from the last state that names it
            for (at = next(row -> row.from().contains(name));
                    at >= 0 && at + 1 < rows.size() && rows.get(at + 1).from().contains(name); ) {
                at++;
            }
        }
        if (at < 0) {
            return "CONNECTED";
        }
        String state = rows.get(at).from();
        rows.subList(0, at + 1).clear();
        return state;
    }

    private int next(Predicate<Row> about) {
        for (int i = 0; i < rows.size(); i++) {
            if (about.test(rows.get(i))) {
                return i;
            }
        }
        return -1;
    }
}
