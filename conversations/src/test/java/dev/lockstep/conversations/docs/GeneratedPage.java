package dev.lockstep.conversations.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page, or a file beside the tests, that is printed from the code. */
public final class GeneratedPage {

    private GeneratedPage() {}

    /** Whether pages are written again, with {@code -Pdocs}. */
    public static boolean isUpdate() {
        return Boolean.getBoolean("docs.update");
    }

    /** What to say of one that is not what is printed now. */
    public static String stale(Object page) {
        return page + " is stale: mvn -Pdocs test -pl conversations -am";
    }

    /** Fails unless the file is what is printed; writes it if pages are written again. */
    public static void is(Path file, String printed) throws IOException {
        if (isUpdate()) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, printed);
        }
        assertThat(Files.readString(file)).as(stale(file)).isEqualTo(printed);
    }
}
