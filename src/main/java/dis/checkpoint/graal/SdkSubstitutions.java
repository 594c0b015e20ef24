package dis.checkpoint.graal;

import com.oracle.svm.core.annotate.Delete;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.interceptor.ClasspathInterceptorChainFactory;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.ServiceMetadata;

/** Parts of the SDK for AWS, and of the connections of the JDK below it, that the executable leaves out. */
final class SdkSubstitutions {

    private SdkSubstitutions() {}

    /** Parsers for services that answer in XML. DynamoDB answers in JSON. */
    @TargetClass(className = "com.sun.xml.internal.stream.XMLInputFactoryImpl")
    @Delete
    static final class XmlInput {}

    /** As {@link XmlInput}. */
    @TargetClass(className = "com.sun.xml.internal.stream.XMLOutputFactoryImpl")
    @Delete
    static final class XmlOutput {}

    /** A list of the endpoints of all services. DynamoDB's endpoint follows from the region. */
    @TargetClass(className = "software.amazon.awssdk.regions.GeneratedServiceMetadataProvider")
    static final class EndpointsOfAllServices {

        @Substitute
        public ServiceMetadata serviceMetadata(String service) {
            return null;
        }
    }

    /** A file on the class path could name interceptors of calls. There is no such file ({@code SubstitutedVersionsTest}). */
    @TargetClass(ClasspathInterceptorChainFactory.class)
    static final class Interceptors {

        @Substitute
        public List<ExecutionInterceptor> getInterceptors(String file) {
            return List.of();
        }

        @Substitute
        public List<ExecutionInterceptor> getGlobalInterceptors() {
            return List.of();
        }
    }

    /** A file on the class path could replace the SDK's list of partitions of AWS. There is no such file. */
    @TargetClass(className = "software.amazon.awssdk.services.dynamodb.endpoints.internal.DefaultPartitionDataProvider")
    static final class Partitions {

        @Substitute
        private Optional<?> classpathPartitionsFile() {
            return Optional.empty();
        }
    }

    /**
     * Before each POST, the JDK would wait a millisecond to see whether the kept connection is still open. It closes a
     * connection after five idle seconds anyway, and the SDK repeats a call whose connection DynamoDB closed earlier.
     */
    @TargetClass(className = "sun.net.www.http.HttpClient")
    static final class KeptConnection {

        @Substitute
        boolean available() {
            return true;
        }
    }
}
