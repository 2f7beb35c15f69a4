namespace Lucid.Sidecar.Telemetry;

/// <summary>
/// Every metric of a sidecar, under daprd's names and with its labels; <c>docs/sidecar.md</c> lists those of daprd that are left out.
/// Latencies are in milliseconds, sizes in bytes.
/// </summary>
internal static class DaprMetrics
{
    private const string App = "app_id";

    private static readonly double[] Latency =
    [
        1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250, 300, 400, 500, 650, 800, 1000, 2000, 5000, 10000, 20000, 50000, 100000,
    ];

    private static readonly double[] Size =
        [1 << 10, 2 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20, 64 << 20, 256 << 20, 1 << 30, 4L << 30];

    private static readonly string[] Server = [App, "method", "status"];
    private static readonly string[] Client = [App, "status"];
    private static readonly string[] Component = [App, "component", "namespace", "operation", "success"];
    private static readonly string[] Ingress = [App, "component", "namespace", "process_status", "status", "topic"];
    private static readonly string[] Egress = [App, "component", "namespace", "success", "topic"];
    private static readonly string[] Acl = [App, "trustDomain", "namespace"];
    private static readonly string[] Actor = [App, "actor_type"];
    private static readonly string[] Fired = [App, "actor_type", "success"];
    private static readonly string[] Policy = [App, "name", "policy", "namespace", "flow_direction", "target", "status"];

    // The HTTP API. With increasedCardinality the label path is added (see WithPath).
    public static readonly CounterDefinition HttpServerRequests = new("dapr_http_server_request_count", "Requests of the HTTP API.", Server);
    public static readonly CounterDefinition HttpServerResponses = new("dapr_http_server_response_count", "Responses of the HTTP API.", Server);
    public static readonly HistogramDefinition HttpServerLatency = new("dapr_http_server_latency", "Latency of the HTTP API.", Latency, Server);
    public static readonly HistogramDefinition HttpServerRequestBytes = new("dapr_http_server_request_bytes", "Bodies received by the HTTP API, where announced.", Size, App);
    public static readonly HistogramDefinition HttpServerResponseBytes = new("dapr_http_server_response_bytes", "Bodies sent by the HTTP API.", Size, App);

    // Calls of the sidecar to its app over HTTP, and probes of the app's health. With increasedCardinality path and method are added.
    public static readonly CounterDefinition HttpClientCompleted = new("dapr_http_client_completed_count", "Requests to the app that were answered.", Client);
    public static readonly HistogramDefinition HttpClientLatency = new("dapr_http_client_roundtrip_latency", "Time until the app's answer begins.", Latency, Client);
    public static readonly HistogramDefinition HttpClientSentBytes = new("dapr_http_client_sent_bytes", "Bodies sent to the app, where announced.", Size, App);
    public static readonly HistogramDefinition HttpClientReceivedBytes = new("dapr_http_client_received_bytes", "Bodies received from the app, where announced.", Size, App);
    public static readonly CounterDefinition HealthProbes = new("dapr_http_healthprobes_completed_count", "Health probes of the app.", Client);
    public static readonly HistogramDefinition HealthProbeLatency = new("dapr_http_healthprobes_roundtrip_latency", "Latency of health probes of the app.", Latency, Client);

    // The gRPC API, and proxied calls on their way to an app.
    public static readonly CounterDefinition GrpcServerCompleted = new("dapr_grpc_io_server_completed_rpcs", "Completed calls of the gRPC port.", App, "grpc_server_method", "grpc_server_status");
    public static readonly HistogramDefinition GrpcServerLatency = new("dapr_grpc_io_server_server_latency", "Latency of the gRPC port.", Latency, App, "grpc_server_method", "grpc_server_status");
    public static readonly HistogramDefinition GrpcServerReceivedBytes = new("dapr_grpc_io_server_received_bytes_per_rpc", "Request messages of the gRPC API.", Size, App, "grpc_server_method");
    public static readonly HistogramDefinition GrpcServerSentBytes = new("dapr_grpc_io_server_sent_bytes_per_rpc", "Response messages of the gRPC API.", Size, App, "grpc_server_method");
    public static readonly CounterDefinition GrpcClientCompleted = new("dapr_grpc_io_client_completed_rpcs", "Proxied calls the app has ended.", App, "grpc_client_method", "grpc_client_status");
    public static readonly HistogramDefinition GrpcClientLatency = new("dapr_grpc_io_client_roundtrip_latency", "Time of proxied calls at the app.", Latency, App, "grpc_client_method", "grpc_client_status");

    // Service invocation, and what access control decided about it.
    public static readonly CounterDefinition InvocationSent = new("dapr_runtime_service_invocation_req_sent_total", "Requests sent via service invocation.", App, "dst_app_id", "type");
    public static readonly CounterDefinition InvocationReceived = new("dapr_runtime_service_invocation_req_recv_total", "Requests received via service invocation.", App, "src_app_id", "type");
    public static readonly CounterDefinition InvocationAnswered = new("dapr_runtime_service_invocation_res_sent_total", "Responses sent via service invocation.", App, "dst_app_id", "status", "type");
    public static readonly CounterDefinition InvocationAnswers = new("dapr_runtime_service_invocation_res_recv_total", "Responses received via service invocation.", App, "src_app_id", "status", "type");
    public static readonly HistogramDefinition InvocationLatency = new("dapr_runtime_service_invocation_res_recv_latency_ms", "Latency of responses via service invocation.", Latency, App, "src_app_id", "status");
    public static readonly CounterDefinition AppPolicyAllowed = new("dapr_runtime_acl_app_policy_action_allowed_total", "Calls allowed by the caller's policy.", Acl);
    public static readonly CounterDefinition AppPolicyBlocked = new("dapr_runtime_acl_app_policy_action_blocked_total", "Calls blocked by the caller's policy.", Acl);
    public static readonly CounterDefinition GlobalPolicyAllowed = new("dapr_runtime_acl_global_policy_action_allowed_total", "Calls allowed by the default action.", Acl);
    public static readonly CounterDefinition GlobalPolicyBlocked = new("dapr_runtime_acl_global_policy_action_blocked_total", "Calls blocked by the default action.", Acl);
    public static readonly CounterDefinition MtlsInitialised = new("dapr_runtime_mtls_init_total", "Certificates taken into use at the start.", App);

    // Components.
    public static readonly CounterDefinition ComponentLoaded = new("dapr_runtime_component_loaded", "Components loaded.", App);
    public static readonly CounterDefinition ComponentInitialised = new("dapr_runtime_component_init_total", "Components initialised.", App, "component");
    public static readonly CounterDefinition ComponentFailed = new("dapr_runtime_component_init_fail_total", "Components that could not be initialised.", App, "component", "reason", "componentName");
    public static readonly CounterDefinition StateCount = new("dapr_component_state_count", "Operations on the state component.", Component);
    public static readonly HistogramDefinition StateLatency = new("dapr_component_state_latencies", "Latency of the state component.", Latency, Component);
    public static readonly CounterDefinition SecretCount = new("dapr_component_secret_count", "Operations on the secret component.", Component);
    public static readonly HistogramDefinition SecretLatency = new("dapr_component_secret_latencies", "Latency of the secret component.", Latency, Component);
    public static readonly CounterDefinition ConfigurationCount = new("dapr_component_configuration_count", "Operations on the configuration component.", Component);
    public static readonly HistogramDefinition ConfigurationLatency = new("dapr_component_configuration_latencies", "Latency of the configuration component.", Latency, Component);
    public static readonly CounterDefinition IngressCount = new("dapr_component_pubsub_ingress_count", "Messages that came from the broker.", Ingress);
    public static readonly HistogramDefinition IngressLatency = new("dapr_component_pubsub_ingress_latencies", "Time the app took for a message.", Latency, Ingress);
    public static readonly CounterDefinition BulkIngressCount = new("dapr_component_pubsub_ingress_bulk_count", "Bulk deliveries to the app.", App, "component", "namespace", "topic");
    public static readonly CounterDefinition BulkIngressEvents = new("dapr_component_pubsub_ingress_bulk_event_count", "Messages of bulk deliveries.", Ingress);
    public static readonly HistogramDefinition BulkIngressLatency = new("dapr_component_pubsub_ingress_bulk_latencies", "Time the app took for a bulk delivery.", Latency, App, "component", "namespace", "topic");
    public static readonly CounterDefinition EgressCount = new("dapr_component_pubsub_egress_count", "Messages published.", Egress);
    public static readonly HistogramDefinition EgressLatency = new("dapr_component_pubsub_egress_latencies", "Latency of the broker.", Latency, Egress);
    public static readonly CounterDefinition BulkEgressCount = new("dapr_component_pubsub_egress_bulk_count", "Bulk publish calls.", Egress);
    public static readonly CounterDefinition BulkEgressEvents = new("dapr_component_pubsub_egress_bulk_event_count", "Messages of bulk publish calls.", Egress);
    public static readonly HistogramDefinition BulkEgressLatency = new("dapr_component_pubsub_egress_bulk_latencies", "Latency of bulk publish calls.", Latency, Egress);

    // Actors.
    public static readonly GaugeDefinition ActorReminders = new("dapr_runtime_actor_reminders", "Reminders registered.", Actor);
    public static readonly GaugeDefinition ActorTimers = new("dapr_runtime_actor_timers", "Timers registered.", Actor);
    public static readonly GaugeDefinition ActorPendingCalls = new("dapr_runtime_actor_pending_actor_calls", "Calls waiting for their actor's turn.", Actor);
    public static readonly CounterDefinition ActorRemindersFired = new("dapr_runtime_actor_reminders_fired_total", "Reminders fired.", Fired);
    public static readonly CounterDefinition ActorTimersFired = new("dapr_runtime_actor_timers_fired_total", "Timers fired.", Fired);
    public static readonly CounterDefinition ActorsDeactivated = new("dapr_runtime_actor_deactivated_total", "Actors deactivated.", Actor);
    public static readonly CounterDefinition ActorDeactivationsFailed = new("dapr_runtime_actor_deactivated_failed_total", "Deactivations the app did not confirm.", Actor);

    // Resiliency, and errors by their code (with recordErrorCodes).
    public static readonly CounterDefinition ResiliencyLoaded = new("dapr_resiliency_loaded", "Resiliency resources loaded.", App, "name", "namespace");
    public static readonly CounterDefinition ResiliencyCount = new("dapr_resiliency_count", "Times a policy was applied.", Policy);
    public static readonly CounterDefinition ResiliencyActivations = new("dapr_resiliency_activations_total", "Times a policy acted: a retry, a timeout, a breaker's change of state.", Policy);
    public static readonly GaugeDefinition BreakerState = new("dapr_resiliency_cb_state", "1 at the status the breaker is in, 0 at the others.", Policy);
    public static readonly CounterDefinition ErrorCodes = new("dapr_error_code_total", "Errors answered, by their code.", App, "category", "error_code");
}
