using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Magnum.Core.Persistence.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class RotateCa : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_x509keypair_cluster_uuid_purpose",
                table: "x509keypair");

            migrationBuilder.AddColumn<int>(
                name: "generation",
                table: "x509keypair",
                type: "int",
                nullable: false,
                defaultValue: 1);   // what there is has never been rotated

            migrationBuilder.AddColumn<string>(
                name: "role",
                table: "x509keypair",
                type: "nvarchar(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "CURRENT");

            migrationBuilder.CreateTable(
                name: "node_certificate",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("SqlServer:Identity", "1, 1"),
                    cluster_uuid = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    node_name = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false),
                    applied = table.Column<string>(type: "nvarchar(32)", maxLength: 32, nullable: false),
                    seen_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_node_certificate", x => x.id);
                    table.ForeignKey(
                        name: "FK_node_certificate_cluster_cluster_uuid",
                        column: x => x.cluster_uuid,
                        principalTable: "cluster",
                        principalColumn: "uuid",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_x509keypair_cluster_uuid_purpose_generation",
                table: "x509keypair",
                columns: new[] { "cluster_uuid", "purpose", "generation" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_node_certificate_cluster_uuid_node_name",
                table: "node_certificate",
                columns: new[] { "cluster_uuid", "node_name" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "node_certificate");

            migrationBuilder.DropIndex(
                name: "IX_x509keypair_cluster_uuid_purpose_generation",
                table: "x509keypair");

            migrationBuilder.DropColumn(
                name: "generation",
                table: "x509keypair");

            migrationBuilder.DropColumn(
                name: "role",
                table: "x509keypair");

            migrationBuilder.CreateIndex(
                name: "IX_x509keypair_cluster_uuid_purpose",
                table: "x509keypair",
                columns: new[] { "cluster_uuid", "purpose" },
                unique: true);
        }
    }
}
