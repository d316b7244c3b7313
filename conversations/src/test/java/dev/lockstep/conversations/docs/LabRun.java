package dev.lockstep.conversations.docs;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.MethodSelector;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The process of an exercise: runs test methods, and prints those that fail. */
final class LabRun {

    private LabRun() {}

    /** Takes {@code package.Class#method}, any number. */
    public static void main(String[] args) throws ClassNotFoundException {
        List<MethodSelector> methods = new ArrayList<>();
        for (String arg : args) {
            String[] names = arg.split("#");
            Class<?> type = Class.forName(names[0]);
            Method method = Arrays.stream(type.getDeclaredMethods())
                    .filter(each -> each.getName().equals(names[1]))
                    .findFirst()
                    .orElseThrow();
            methods.add(selectMethod(type, method));
        }
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(methods)
                                .build(),
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                                if (result.getStatus() == TestExecutionResult.Status.FAILED
                                        && test.getSource().orElse(null) instanceof MethodSource source) {
                                    System.out.println(
                                            "failed " + source.getClassName() + "#" + source.getMethodName());
                                    result.getThrowable().ifPresent(System.out::println);
                                }
                            }
                        });
        System.exit(0); // whatever a broken server left running
    }
}
