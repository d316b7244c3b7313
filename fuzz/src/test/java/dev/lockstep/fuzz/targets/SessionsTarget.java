package dev.lockstep.fuzz.targets;

import dev.lockstep.fuzz.Target;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.tls.session.ResumableSession;
import java.util.Arrays;

/** What a store or a ticket gives back as a session: it is none, or is encoded to the same bytes again. */
public final class SessionsTarget implements Target {

    @Override
    public void run(byte[] input) {
        byte[] kept = input.clone();
        ResumableSession.decode(input).ifPresent(session -> {
            byte[] again = session.encode().orElseThrow(() -> new AssertionError("it cannot be encoded again"));
            Expect.that(Arrays.equals(again, kept), "a session has two encodings");
            Expect.that(!session.toString().isEmpty(), "it has no text");
            session.destroy();
        });
        Expect.that(Arrays.equals(input, kept), "the caller's bytes are changed");
    }
}
