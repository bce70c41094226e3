using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Magnum.Core.Persistence.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class NodeGroupEvents : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "event_marker",
                table: "nodegroup",
                type: "nvarchar(255)",
                maxLength: 255,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "event_marker",
                table: "nodegroup");
        }
    }
}
