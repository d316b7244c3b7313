package dev.lockstep.keys.uri;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What other threads print while one thread's output is read. */
class CapturedOutputTest {

    private final ByteArrayOutputStream console = new ByteArrayOutputStream();

    private static void inAnotherThread(Runnable task) throws InterruptedException {
        Thread thread = new Thread(task);
        thread.start();
        thread.join();
    }

    @Test
    void theOutputOfOtherThreadsIsNotTaken() throws Exception {
        PrintStream real = System.out;
        PrintStream before = new PrintStream(console, true, StandardCharsets.ISO_8859_1);
        System.setOut(before);
        try {
            CapturedOutput output = CapturedOutput.begin();
            PrintStream held = System.out;
            System.out.println("label: \u00fc");
            inAnotherThread(() -> {
                System.out.println("Slots with tokens: 7");
                System.out.printf("%d %s", 1, "\u00fc");
                System.out.print('x');
                System.out.println();
                System.out.write('y');
                System.out.flush();
                System.out.append("z").println(new char[] {'a'});
            });
            System.out.print(5);
            assertThat(output.end().lines()).containsExactly("label: \u00fc", "5");
            assertThat(System.out).isSameAs(before);
            held.println("later");
        } finally {
            System.setOut(real);
        }
        assertThat(console.toString(StandardCharsets.ISO_8859_1).lines())
                .containsExactly("Slots with tokens: 7", "1 \u00fcx", "yza", "later");
    }
}
