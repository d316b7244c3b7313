package dev.lockstep.explain;

import dev.lockstep.explain.Transcript.Wait;
import dev.lockstep.explain.Transcript.WireRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A conversation drawn as the RFCs draw it: the client on the left, the server and its waits on the right. */
public final class Figure {

    private static final int WIDTH = 64;
    private static final int ARROW = 33;
    private static final String TICKET_EXTENSION = "extension: session_ticket";

    /** What has an asterisk in RFC 5246 figure 1. */
    private static final Set<String> OPTIONAL =
            Set.of("Certificate", "ServerKeyExchange", "CertificateRequest", "CertificateVerify", "CertificateStatus");

    private record Line(boolean fromClient, boolean isWait, String text) {}

    private Figure() {}

    /** Draws what is in the transcript; the lines end with a line feed. */
    public static String of(Transcript transcript) {
        List<Line> lines = new ArrayList<>();
        boolean data = false;
        for (Transcript.Event event : transcript.events()) {
            if (event instanceof Wait wait) {
                lines.add(new Line(false, true, "[suspended: " + wait.kind() + "]"));
            } else if (event instanceof WireRecord record) {
                if (record.type() == Transcript.APPLICATION_DATA) {
                    data = true;
                } else {
                    add(lines, record);
                }
            }
        }
        StringBuilder out = new StringBuilder(padded("Client", "", "Server")).append('\n');
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            String arrow = !endsFlight(lines, i) ? "" : line.fromClient ? "-------->" : "<--------";
            out.append(line.fromClient ? padded(line.text, arrow, "") : padded("", arrow, line.text));
        }
        if (data) {
            out.append(padded("Application Data", "<------->", "Application Data"));
        }
        return out.toString().lines().map(String::stripTrailing).collect(Collectors.joining("\n", "", "\n"));
    }

    /** Whether the next message is the other side's. */
    private static boolean endsFlight(List<Line> lines, int index) {
        Line line = lines.get(index);
        for (Line next : lines.subList(index + 1, lines.size())) {
            if (!next.isWait) {
                return !line.isWait && next.fromClient != line.fromClient;
            }
        }
        return !line.isWait;
    }

    private static void add(List<Line> lines, WireRecord record) {
        List<String> names = record.names();
        List<byte[]> messages = record.messages();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            String text =
                    name.equals("ChangeCipherSpec") ? "[" + name + "]" : OPTIONAL.contains(name) ? name + "*" : name;
            lines.add(new Line(record.fromClient(), false, text));
            if (name.equals("ClientHello") || name.equals("ServerHello")) {
                addTicket(lines, record.fromClient(), messages.get(i));
            }
        }
    }

    /** The SessionTicket extension of a hello, which RFC 5077 draws below it. */
    private static void addTicket(List<Line> lines, boolean fromClient, byte[] hello) {
        List<Dissector.Field> fields = new Dissector().fields(Transcript.HANDSHAKE, hello);
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).name().equals(TICKET_EXTENSION)) {
                boolean isEmpty = Bytes.number(fields.get(i + 1).bytes(), 0, 2) == 0;
                String text = isEmpty ? "(empty SessionTicket extension)" : "(SessionTicket extension)";
                lines.add(new Line(fromClient, false, text));
            }
        }
    }

    private static String padded(String left, String middle, String right) {
        StringBuilder line = new StringBuilder(left);
        if (!middle.isEmpty()) {
            line.append(" ".repeat(Math.max(1, ARROW - line.length()))).append(middle);
        }
        return line.append(" ".repeat(Math.max(1, WIDTH - line.length() - right.length())))
                .append(right)
                .append('\n')
                .toString();
    }
}
