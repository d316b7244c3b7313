package dev.lockstep.testkit.client;

import static dev.lockstep.testkit.client.ServerFlightReader.require;

import dev.lockstep.testkit.util.Bytes;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/** The CertificateRequest that a client got, taken apart (RFC 5246 7.4.4). */
public record RequestSeen(List<Integer> types, List<Integer> schemes, List<X500Principal> authorities) {

    static RequestSeen of(byte[] message) {
        int at = 4;
        List<Integer> types = numbers(message, at + 1, message[at] & 0xff, 1);
        at += 1 + types.size();
        require(!types.isEmpty(), "a CertificateRequest for no type of certificate");
        List<Integer> schemes = numbers(message, at + 2, Bytes.readNumber(message, at, 2), 2);
        at += 2 + 2 * schemes.size();
        require(!schemes.isEmpty(), "a CertificateRequest for no signature scheme");
        require(Bytes.readNumber(message, at, 2) == message.length - at - 2, "authorities of a wrong length");
        List<X500Principal> authorities = new ArrayList<>();
        for (at += 2; at < message.length; ) {
            int length = Bytes.readNumber(message, at, 2);
            authorities.add(new X500Principal(Bytes.slice(message, at + 2, length)));
            at += 2 + length;
        }
        return new RequestSeen(types, schemes, authorities);
    }

    private static List<Integer> numbers(byte[] message, int from, int length, int size) {
        List<Integer> numbers = new ArrayList<>();
        for (int at = from; at < from + length; at += size) {
            numbers.add(Bytes.readNumber(message, at, size));
        }
        return numbers;
    }
}
