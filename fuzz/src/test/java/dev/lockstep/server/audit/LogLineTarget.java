package dev.lockstep.server.audit;

import dev.lockstep.fuzz.Target;
import dev.lockstep.testkit.util.Expect;
import java.nio.charset.StandardCharsets;

/** Lines of a key-use log: each has one spelling. */
public final class LogLineTarget implements Target {

    @Override
    public void run(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        try {
            LogLine.Chained line = LogLine.parse(text);
            Expect.that(line.line().text().equals(line.text()), "it is written in another way");
            Expect.that(LogLine.chained(line.text(), line.chain()).strip().equals(text), "another spelling");
        } catch (MalformedLineException refused) {
            Expect.that(refused.getMessage() != null, "refused without a word");
        }
    }
}
