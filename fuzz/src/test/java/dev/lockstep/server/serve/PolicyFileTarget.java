package dev.lockstep.server.serve;

import dev.lockstep.fuzz.FileBytes;
import dev.lockstep.fuzz.Target;
import dev.lockstep.testkit.util.Expect;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Policy files: what they set, written in the plain form, is the same policy again. */
public final class PolicyFileTarget implements Target {

    private static final List<String> KNOWN = List.of("suites", "groups", "schemes");

    private final FileBytes file;

    /** @throws IOException when there is no place for a file */
    public PolicyFileTarget() throws IOException {
        file = new FileBytes();
    }

    @Override
    public void run(byte[] input) throws IOException {
        file.write(input);
        StringBuilder plain = new StringBuilder();
        boolean accepted =
                FileBytes.isRead(() -> PolicyFile.read(file.path(), KNOWN).forEach((name, setting) -> {
                    Expect.that(KNOWN.contains(name), "a setting that is not known is accepted");
                    plain.append(name).append(" = ").append(setting.value()).append('\n');
                }));
        if (accepted) {
            file.write(plain.toString().getBytes(StandardCharsets.ISO_8859_1));
            StringBuilder again = new StringBuilder();
            FileBytes.isRead(() -> {
                for (Map.Entry<String, PolicyFile.Setting> each :
                        PolicyFile.read(file.path(), KNOWN).entrySet()) {
                    again.append(each.getKey())
                            .append(" = ")
                            .append(each.getValue().value())
                            .append('\n');
                }
            });
            Expect.that(again.toString().contentEquals(plain), "the plain form means something else");
        }
    }
}
