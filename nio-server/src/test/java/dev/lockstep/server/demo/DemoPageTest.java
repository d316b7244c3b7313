package dev.lockstep.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page of the demo in a browser, over TLS 1.2: the button is pressed and the timeline is read. */
@Tag("one-jdk")
@Timeout(180)
class DemoPageTest {

    private static final String BURST = "document.querySelectorAll(`[data-connection][data-who=burst]";

    @TempDir
    private Path home;

    @Test
    void theButtonShowsTwentyHandshakesThatWaitOnOneThread() throws Exception {
        try (Running demo = Running.start("demo", "--port", "0")) {
            Matcher line = Pattern.compile("--cacert (\\S+)/ca\\.pem https").matcher(demo.awaitLine("try: "));
            assertThat(line.find()).isTrue();
            try (Browser browser = Browser.start(home, Path.of(line.group(1), "ca.pem"))) {
                browser.open("https://localhost:" + demo.port() + "/");
                browser.await(
                        "document.querySelector(`#link.live`) && document.querySelector(`[data-who=\\\"this page\\\"]`)");

                browser.evaluate("document.getElementById(`burst`).click()");
                browser.await(
                        BURST + " .part.suspended`).length > 0"
                                + " && [...document.querySelectorAll(`#table tr.waits.busy`)].some(row => row.dataset.state == `AWAIT_SIGNATURE`)");
                browser.await(BURST + "`).length == 20 && " + BURST + " .part.suspended`).length == 20");
                assertThat(browser.evaluate("document.querySelector(`[data-who=burst] .part.suspended`).title"))
                        .matches("waits for SIGN \u00b7 \\d+ ms");

                browser.await(BURST + " .part.open`).length == 20 && !document.getElementById(`burst`).disabled");
                assertThat(browser.evaluate("document.getElementById(`worked`).textContent"))
                        .startsWith("20 of 20 handshakes completed");
                assertThat(browser.evaluate(
                                "[...document.querySelectorAll(`#table tr.passed`)].map(row => row.dataset.state)"))
                        .startsWith("READ_CLIENT_HELLO,NEGOTIATE,SEND_SERVER_HELLO,SEND_CERTIFICATE,MAKE_KEY_SHARE,"
                                + "AWAIT_SIGNATURE,SEND_SERVER_KEY_EXCHANGE,")
                        .contains("SEND_FINISHED");
                browser.await("document.querySelectorAll(`#log .ok`).length > 20");
                assertThat(browser.evaluate("document.getElementById(`log`).textContent"))
                        .contains("sign:ecdsa_secp256r1_sha256", "sign:rsa_pss_rsae_sha256");
                assertThat(browser.evaluate("document.querySelector(`#work path`).getAttribute(`d`)"))
                        .startsWith("M");

                browser.call(
                        "Emulation.setDeviceMetricsOverride",
                        "{\"width\":1240,\"height\":900,\"deviceScaleFactor\":1,\"mobile\":false}");
                browser.await("innerWidth == 1240");
                browser.screenshot(Files.createDirectories(Path.of("target")).resolve("demo.png"));

                browser.call(
                        "Emulation.setDeviceMetricsOverride",
                        "{\"width\":360,\"height\":740,\"deviceScaleFactor\":1,\"mobile\":true}");
                browser.await("document.documentElement.scrollWidth <= 360");
                assertThat(browser.events())
                        .contains("\"protocol\":\"TLS 1.2\"")
                        .doesNotContain("\"protocol\":\"TLS 1.3\"", "exceptionThrown", "\"level\":\"error\"");
            }
        }
    }
}
