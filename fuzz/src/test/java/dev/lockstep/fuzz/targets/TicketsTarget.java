package dev.lockstep.fuzz.targets;

import dev.lockstep.fuzz.Input;
import dev.lockstep.fuzz.Target;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.testkit.util.SeededRandom;
import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.TicketKey;
import dev.lockstep.tls.session.TicketKeyRing;
import dev.lockstep.tls.session.TicketOpening;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Tickets, and the files of their keys. The first byte chooses: a ticket, a ticket that is an honest one with the bytes
 * exclusive-ored, or a key file. None but the honest ticket opens.
 */
public final class TicketsTarget implements Target {

    private final TicketKeyRing ring;
    private final byte[] honest;

    /** A target with two keys, and a ticket of the first. */
    public TicketsTarget() {
        SeededRandom random = new SeededRandom(7);
        InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000L));
        ring = TicketKeyRing.of(
                List.of(TicketKey.generate(random), TicketKey.generate(random)), Duration.ofHours(1), clock, random);
        honest = ring.seal(ResumableSession.builder(
                        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                        new byte[ResumableSession.MASTER_SECRET_LENGTH],
                        1_800_000_000L)
                .build());
    }

    @Override
    public void run(byte[] bytes) throws Exception {
        Input input = new Input(bytes);
        switch (input.below(3)) {
            case 0 -> opens(input.rest());
            case 1 -> {
                byte[] ticket = honest.clone();
                byte[] change = input.rest();
                for (int i = 0; i < change.length; i++) {
                    ticket[i % ticket.length] ^= change[i];
                }
                opens(ticket);
            }
            default -> keyFile(input.rest());
        }
    }

    private void opens(byte[] ticket) throws Exception {
        if (ticket.length == 0) {
            return; // a client that asks for a ticket, which is not opened
        }
        Start<Optional<OpenedTicket>> start =
                ring.start(new TicketOpening(ticket, null, OptionalLong.empty()), () -> {});
        Progress<Optional<OpenedTicket>> progress =
                ((Start.Ready<Optional<OpenedTicket>>) start).operation().resume();
        boolean opened =
                ((Progress.Done<Optional<OpenedTicket>>) progress).value().isPresent();
        Expect.that(opened == Arrays.equals(ticket, honest), "opened: " + opened);
    }

    private static void keyFile(byte[] content) {
        try {
            TicketKey key = TicketKey.of(content);
            Expect.that(content.length == TicketKey.FILE_LENGTH, "a key of another length");
            Expect.that(Arrays.equals(key.name(), Arrays.copyOf(content, TicketKey.NAME_LENGTH)), "another name");
            key.destroy();
        } catch (ConfigException refused) {
            Expect.that(!refused.getMessage().isEmpty(), "refused without a word");
        }
    }
}
