package dev.lockstep.conversations.transcript;

import dev.lockstep.conversations.transcript.Transcript.Record;
import dev.lockstep.conversations.transcript.Transcript.Wait;
import dev.lockstep.testkit.util.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A conversation drawn as the RFCs draw it: the client on the left, the server and its waits on the right. */
final class Figure {

    private static final int WIDTH = 64;
    private static final int ARROW = 33;
    private static final int SESSION_TICKET = 35;

    /** What has an asterisk in RFC 5246 figure 1. */
    private static final Set<String> OPTIONAL =
            Set.of("Certificate", "ServerKeyExchange", "CertificateRequest", "CertificateVerify", "CertificateStatus");

    private record Line(boolean fromClient, boolean isWait, String text) {}

    private Figure() {}

    static String of(Transcript transcript) {
        List<Line> lines = new ArrayList<>();
        boolean data = false;
        for (Transcript.Event event : transcript.events()) {
            if (event instanceof Wait wait) {
                lines.add(new Line(false, true, "[suspended: " + wait.kind() + "]"));
            } else if (event instanceof Record record) {
                for (byte[] message : record.messages()) {
                    if (record.type() == Transcript.APPLICATION_DATA) {
                        data = true;
                    } else {
                        add(lines, record, message);
                    }
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

    private static void add(List<Line> lines, Record record, byte[] message) {
        String name = Transcript.name(record.type(), message);
        String text = name.equals("ChangeCipherSpec") ? "[" + name + "]" : OPTIONAL.contains(name) ? name + "*" : name;
        lines.add(new Line(record.fromClient(), false, text));
        int length = name.equals("ClientHello") || name.equals("ServerHello") ? ticketLength(message) : -1;
        if (length >= 0) {
            lines.add(new Line(
                    record.fromClient(),
                    false,
                    length == 0 ? "(empty SessionTicket extension)" : "(SessionTicket extension)"));
        }
    }

    /** The length of the SessionTicket extension of a hello, or -1 without it. */
    private static int ticketLength(byte[] hello) {
        int at = 39 + hello[38];
        at += hello[0] == 1 ? 2 + Bytes.readNumber(hello, at, 2) : 2;
        at += hello[0] == 1 ? 1 + hello[at] : 1;
        for (at += 2; at < hello.length; at += 4 + Bytes.readNumber(hello, at + 2, 2)) {
            if (Bytes.readNumber(hello, at, 2) == SESSION_TICKET) {
                return Bytes.readNumber(hello, at + 2, 2);
            }
        }
        return -1;
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
