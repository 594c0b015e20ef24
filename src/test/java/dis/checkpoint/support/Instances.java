package dis.checkpoint.support;

import jakarta.enterprise.inject.Instance;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;

/** Beans of classes that a test makes itself. */
public final class Instances {

    private Instances() {}

    /** Whatever it is asked for, it answers with what is supplied. */
    @SuppressWarnings("unchecked")
    public static <T> Instance<T> of(Supplier<T> supplier) {
        return (Instance<T>) Proxy.newProxyInstance(
                Instances.class.getClassLoader(),
                new Class<?>[] {Instance.class},
                (proxy, method, arguments) -> supplier.get());
    }
}
