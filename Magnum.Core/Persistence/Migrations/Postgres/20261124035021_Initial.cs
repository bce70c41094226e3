using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Magnum.Core.Persistence.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "cluster",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    uuid = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    project_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    user_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    cluster_template_id = table.Column<Guid>(type: "uuid", nullable: false),
                    template = table.Column<string>(type: "text", nullable: false),
                    driver = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    key_pair = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    docker_volume_size = table.Column<int>(type: "integer", nullable: true),
                    labels = table.Column<string>(type: "text", nullable: false),
                    master_flavor_id = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    flavor_id = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    fixed_network = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    fixed_subnet = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    floating_ip_enabled = table.Column<bool>(type: "boolean", nullable: false),
                    master_lb_enabled = table.Column<bool>(type: "boolean", nullable: false),
                    create_timeout = table.Column<int>(type: "integer", nullable: true),
                    discovery_url = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    stack_id = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    api_address = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    coe_version = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    container_version = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    status = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    status_reason = table.Column<string>(type: "text", nullable: true),
                    status_changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    health_status = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    health_status_reason = table.Column<string>(type: "text", nullable: false),
                    health_checked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    progress = table.Column<int>(type: "integer", nullable: true),
                    trust_id = table.Column<string>(type: "character varying(1024)", maxLength: 1024, nullable: true),
                    trustee_user_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    trustee_user_name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    generation = table.Column<long>(type: "bigint", nullable: false),
                    event_marker = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    stages = table.Column<string>(type: "text", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cluster", x => x.id);
                    table.UniqueConstraint("AK_cluster_uuid", x => x.uuid);
                });

            migrationBuilder.CreateTable(
                name: "cluster_event",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    cluster_uuid = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    occurred_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    source = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    level = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    kind = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    message = table.Column<string>(type: "text", nullable: false),
                    resource_name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    resource_type = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    resource_status = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    physical_id = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    external_id = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: true),
                    operation_uuid = table.Column<Guid>(type: "uuid", nullable: true),
                    request_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cluster_event", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "cluster_template",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    uuid = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    project_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    user_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    generation = table.Column<long>(type: "bigint", nullable: false),
                    @public = table.Column<bool>(name: "public", type: "boolean", nullable: false),
                    hidden = table.Column<bool>(type: "boolean", nullable: false),
                    tags = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    coe = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    image_id = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    flavor_id = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    master_flavor_id = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    key_pair_id = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    external_network_id = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    fixed_network = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    fixed_subnet = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    network_driver = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    volume_driver = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    dns_nameserver = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    apiserver_port = table.Column<int>(type: "integer", nullable: true),
                    docker_volume_size = table.Column<int>(type: "integer", nullable: true),
                    docker_storage_driver = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    cluster_distro = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    http_proxy = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    https_proxy = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    no_proxy = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    registry_enabled = table.Column<bool>(type: "boolean", nullable: false),
                    insecure_registry = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    labels = table.Column<string>(type: "text", nullable: false),
                    tls_disabled = table.Column<bool>(type: "boolean", nullable: false),
                    server_type = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    master_lb_enabled = table.Column<bool>(type: "boolean", nullable: false),
                    floating_ip_enabled = table.Column<bool>(type: "boolean", nullable: false),
                    driver = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cluster_template", x => x.id);
                    table.UniqueConstraint("AK_cluster_template_uuid", x => x.uuid);
                });

            migrationBuilder.CreateTable(
                name: "dashboard_session",
                columns: table => new
                {
                    id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    user_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    payload = table.Column<string>(type: "text", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_dashboard_session", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "federation",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    uuid = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    host_cluster_id = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    member_ids = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    status_reason = table.Column<string>(type: "text", nullable: true),
                    properties = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_federation", x => x.id);
                    table.UniqueConstraint("AK_federation_uuid", x => x.uuid);
                });

            migrationBuilder.CreateTable(
                name: "lease",
                columns: table => new
                {
                    name = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    owner = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_lease", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "magnum_service",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    host = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    binary = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    instance_id = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    disabled = table.Column<bool>(type: "boolean", nullable: false),
                    disabled_reason = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    last_seen_up = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    forced_down = table.Column<bool>(type: "boolean", nullable: false),
                    report_count = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_magnum_service", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "operation",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    uuid = table.Column<Guid>(type: "uuid", nullable: false),
                    cluster_uuid = table.Column<Guid>(type: "uuid", nullable: false),
                    active_cluster_uuid = table.Column<Guid>(type: "uuid", nullable: true),
                    node_group_uuid = table.Column<Guid>(type: "uuid", nullable: true),
                    project_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    user_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    request_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    payload = table.Column<string>(type: "text", nullable: false),
                    step = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    progress = table.Column<int>(type: "integer", nullable: false),
                    lease_owner = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    lease_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    not_before = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    deadline = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    node_secret = table.Column<string>(type: "character varying(1024)", maxLength: 1024, nullable: true),
                    generation = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_operation", x => x.id);
                    table.UniqueConstraint("AK_operation_uuid", x => x.uuid);
                });

            migrationBuilder.CreateTable(
                name: "project_lock",
                columns: table => new
                {
                    project_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_project_lock", x => x.project_id);
                });

            migrationBuilder.CreateTable(
                name: "protection_key",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    friendly_name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    xml = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_protection_key", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "quotas",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    project_id = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    resource = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    hard_limit = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_quotas", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "x509keypair",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    uuid = table.Column<Guid>(type: "uuid", nullable: false),
                    cluster_uuid = table.Column<Guid>(type: "uuid", nullable: false),
                    purpose = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    certificate = table.Column<string>(type: "text", nullable: false),
                    private_key = table.Column<string>(type: "text", nullable: false),
                    not_after = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_x509keypair", x => x.id);
                    table.UniqueConstraint("AK_x509keypair_uuid", x => x.uuid);
                });

            migrationBuilder.CreateTable(
                name: "nodegroup",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    uuid = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    cluster_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    role = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    is_default = table.Column<bool>(type: "boolean", nullable: false),
                    node_count = table.Column<int>(type: "integer", nullable: false),
                    min_node_count = table.Column<int>(type: "integer", nullable: false),
                    max_node_count = table.Column<int>(type: "integer", nullable: true),
                    flavor_id = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    image_id = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    docker_volume_size = table.Column<int>(type: "integer", nullable: true),
                    labels = table.Column<string>(type: "text", nullable: false),
                    node_labels = table.Column<string>(type: "text", nullable: false),
                    node_taints = table.Column<string>(type: "text", nullable: false),
                    node_addresses = table.Column<string>(type: "text", nullable: false),
                    nodes = table.Column<string>(type: "text", nullable: false),
                    stack_id = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true),
                    status = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    status_reason = table.Column<string>(type: "text", nullable: true),
                    version = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_nodegroup", x => x.id);
                    table.UniqueConstraint("AK_nodegroup_uuid", x => x.uuid);
                    table.ForeignKey(
                        name: "FK_nodegroup_cluster_cluster_id",
                        column: x => x.cluster_id,
                        principalTable: "cluster",
                        principalColumn: "uuid",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "operation_step",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    operation_id = table.Column<long>(type: "bigint", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    name = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    weight = table.Column<int>(type: "integer", nullable: false),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    progress = table.Column<int>(type: "integer", nullable: false),
                    message = table.Column<string>(type: "text", nullable: true),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_operation_step", x => x.id);
                    table.ForeignKey(
                        name: "FK_operation_step_operation_operation_id",
                        column: x => x.operation_id,
                        principalTable: "operation",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_cluster_cluster_template_id",
                table: "cluster",
                column: "cluster_template_id");

            migrationBuilder.CreateIndex(
                name: "IX_cluster_project_id_id",
                table: "cluster",
                columns: new[] { "project_id", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_cluster_project_id_name",
                table: "cluster",
                columns: new[] { "project_id", "name" });

            migrationBuilder.CreateIndex(
                name: "IX_cluster_status",
                table: "cluster",
                column: "status");

            migrationBuilder.CreateIndex(
                name: "IX_cluster_trustee_user_id",
                table: "cluster",
                column: "trustee_user_id");

            migrationBuilder.CreateIndex(
                name: "IX_cluster_event_cluster_uuid_external_id",
                table: "cluster_event",
                columns: new[] { "cluster_uuid", "external_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_cluster_event_cluster_uuid_sequence",
                table: "cluster_event",
                columns: new[] { "cluster_uuid", "sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_cluster_event_occurred_at",
                table: "cluster_event",
                column: "occurred_at");

            migrationBuilder.CreateIndex(
                name: "IX_cluster_template_name",
                table: "cluster_template",
                column: "name");

            migrationBuilder.CreateIndex(
                name: "IX_cluster_template_project_id_id",
                table: "cluster_template",
                columns: new[] { "project_id", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_cluster_template_public",
                table: "cluster_template",
                column: "public");

            migrationBuilder.CreateIndex(
                name: "IX_dashboard_session_expires_at",
                table: "dashboard_session",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "IX_federation_project_id",
                table: "federation",
                column: "project_id");

            migrationBuilder.CreateIndex(
                name: "IX_magnum_service_host_binary",
                table: "magnum_service",
                columns: new[] { "host", "binary" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_nodegroup_cluster_id_name",
                table: "nodegroup",
                columns: new[] { "cluster_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_nodegroup_project_id",
                table: "nodegroup",
                column: "project_id");

            migrationBuilder.CreateIndex(
                name: "IX_operation_active_cluster_uuid",
                table: "operation",
                column: "active_cluster_uuid",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_operation_cluster_uuid_id",
                table: "operation",
                columns: new[] { "cluster_uuid", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_operation_state_not_before",
                table: "operation",
                columns: new[] { "state", "not_before" });

            migrationBuilder.CreateIndex(
                name: "IX_operation_step_operation_id_ordinal",
                table: "operation_step",
                columns: new[] { "operation_id", "ordinal" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_quotas_project_id_resource",
                table: "quotas",
                columns: new[] { "project_id", "resource" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_x509keypair_cluster_uuid_purpose",
                table: "x509keypair",
                columns: new[] { "cluster_uuid", "purpose" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "cluster_event");

            migrationBuilder.DropTable(
                name: "cluster_template");

            migrationBuilder.DropTable(
                name: "dashboard_session");

            migrationBuilder.DropTable(
                name: "federation");

            migrationBuilder.DropTable(
                name: "lease");

            migrationBuilder.DropTable(
                name: "magnum_service");

            migrationBuilder.DropTable(
                name: "nodegroup");

            migrationBuilder.DropTable(
                name: "operation_step");

            migrationBuilder.DropTable(
                name: "project_lock");

            migrationBuilder.DropTable(
                name: "protection_key");

            migrationBuilder.DropTable(
                name: "quotas");

            migrationBuilder.DropTable(
                name: "x509keypair");

            migrationBuilder.DropTable(
                name: "cluster");

            migrationBuilder.DropTable(
                name: "operation");
        }
    }
}
