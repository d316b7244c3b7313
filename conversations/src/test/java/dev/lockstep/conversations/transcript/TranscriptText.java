package dev.lockstep.conversations.transcript;

import dev.lockstep.explain.Explanation;
import dev.lockstep.explain.Figure;
import dev.lockstep.explain.Transcript;
import dev.lockstep.explain.Transcript.Wait;
import dev.lockstep.explain.Transcript.WireRecord;
import dev.lockstep.testkit.util.Bytes;
import java.util.ArrayList;
import java.util.List;

/** A transcript as text: as the file that it is compared with, and as a chapter of the page. */
final class TranscriptText {

    private static final int BYTES_A_LINE = 32;

    private final Golden golden;
    private final Transcript transcript;

    TranscriptText(Golden golden, Transcript transcript) {
        this.golden = golden;
        this.transcript = transcript;
    }

    /** What the file holds: every record in hexadecimal, with a comment that says what is in it. */
    String file() {
        StringBuilder out = new StringBuilder();
        out.append("# ")
                .append(golden.title())
                .append(". C: the client sends, S: the server sends, and what it waits for.\n");
        out.append("# Rewrite with: mvn -Pdocs test -pl conversations -am\n");
        for (Transcript.Event event : transcript.events()) {
            if (event instanceof Wait wait) {
                out.append("\nwait ").append(wait.kind()).append('\n');
            } else if (event instanceof WireRecord record) {
                out.append("\n# ")
                        .append(String.join(", ", record.names()))
                        .append(record.isProtected() ? ", protected: " + Bytes.hex(record.content()) : "");
                out.append('\n').append(record.fromClient() ? "C:" : "S:").append('\n');
                byte[] bytes = record.bytes();
                for (int at = 0; at < bytes.length; at += BYTES_A_LINE) {
                    int length = Math.min(BYTES_A_LINE, bytes.length - at);
                    out.append("  ")
                            .append(Bytes.hex(Bytes.slice(bytes, at, length)))
                            .append('\n');
                }
            }
        }
        return out.toString();
    }

    /** The chapter: figure, and then each record with the name of every byte. */
    List<String> chapter() {
        List<String> out = new ArrayList<>(List.of("## " + golden.title(), "", "```"));
        Figure.of(transcript).lines().forEach(out::add);
        out.add("```");
        out.addAll(new Explanation(transcript).next());
        return out;
    }
}
